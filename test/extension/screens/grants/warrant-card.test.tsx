// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GrantList } from '../../../../extension/screens/grants/grant-list.tsx';
import type { StandingView } from '../../../../shared/protocol/native.ts';
import { speak } from '../../support/browser.ts';
import { grant, grantId, snapshot, warrant } from '../../support/samples.ts';

beforeEach(() => speak());
afterEach(cleanup);

function show(...warrants: StandingView[]) {
  const ask = vi.fn(async () => ({}) as never);
  render(<GrantList snapshot={snapshot({ grants: [grant({ name: 'Notes' })], warrants })} ask={ask} />);
  return ask;
}
const may = () => [...document.querySelectorAll('[data-warrant] .may > li')].map((line) => line.textContent);

test('what others may start without asking is shown with its folders and limits', () => {
  show(warrant({ grants: [grant().id, grantId(8)], egressBytes: 20_000_000, changes: 1, runsToday: 2, runsPerDay: 24 }));
  expect(screen.getByRole('heading', { name: 'Digest a folder' })).toBeTruthy();
  expect(document.querySelector('[data-warrant] .path')?.textContent).toBe('Notes, a folder that is not allowed any more');
  expect(may()).toEqual([
    'Each time up to 20 MB may leave',
    'Up to 1 change each time; it can be undone',
    '2 of 24 times today',
    expect.stringMatching(/^Until .*\d/),
  ]);
});

test('one that releases and changes nothing says so', () => {
  show(warrant({ grants: [], egressBytes: 0, changes: 0 }));
  expect(may().slice(0, 2)).toEqual(['Nothing is sent anywhere.', 'Changes nothing']);
});

test('it is ended after one more question', () => {
  const ask = show(warrant());
  const end = document.querySelector<HTMLButtonElement>('[data-warrant] button');
  fireEvent.click(end as HTMLButtonElement);
  expect(ask).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'Yes, take it back' }));
  expect(ask).toHaveBeenCalledExactlyOnceWith('warrants.end', { warrant: warrant().id });
});

test('where nothing may start without asking nothing is said of it', () => {
  show();
  expect(screen.queryByRole('heading', { name: 'Starts without asking' })).toBeNull();
});
