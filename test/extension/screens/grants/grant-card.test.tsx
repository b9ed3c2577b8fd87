// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GrantCard } from '../../../../extension/screens/grants/grant-card.tsx';
import type { GrantView } from '../../../../shared/gate/grants.ts';
import { speak } from '../../support/browser.ts';
import { grant, grantId } from '../../support/samples.ts';

beforeEach(() => speak());
afterEach(cleanup);

function show(change: Partial<GrantView> = {}, answer: () => Promise<unknown> = async () => ({})) {
  const ask = vi.fn(answer);
  render(
    <ul>
      <GrantCard grant={grant(change)} ask={ask as never} />
    </ul>,
  );
  return ask;
}
const box = (name: RegExp) => screen.getByRole<HTMLInputElement>('checkbox', { name });
const radio = (name: RegExp) => screen.getByRole<HTMLInputElement>('radio', { name });

test('a right can be taken away and none can be given', () => {
  const ask = show({ rights: ['read', 'write'] });
  expect([box(/read/).disabled, box(/create/).disabled, box(/trash/).disabled]).toEqual([false, false, true]);
  fireEvent.click(box(/create/));
  expect(ask).toHaveBeenCalledExactlyOnceWith('grants.narrow', { grant: grantId(1), rights: ['read'] });
});

test('the last right goes only with the folder', () => {
  show({ rights: ['read'] });
  expect(box(/read/).disabled).toBe(true);
});

test('a label can only become stricter', () => {
  const ask = show({ label: 'ask' });
  expect([radio(/Open/).disabled, radio(/Ask/).disabled, radio(/Home/).disabled]).toEqual([true, false, false]);
  fireEvent.click(radio(/Home/));
  expect(ask).toHaveBeenCalledExactlyOnceWith('grants.narrow', { grant: grantId(1), label: 'home' });
});

test('names can be hidden from the cloud and not shown again', () => {
  const ask = show({ names: 'shown' });
  fireEvent.click(box(/called/));
  expect(ask).toHaveBeenCalledExactlyOnceWith('grants.narrow', { grant: grantId(1), names: 'hidden' });
  cleanup();
  show({ names: 'hidden' });
  expect([box(/called/).checked, box(/called/).disabled]).toEqual([false, true]);
});

test('more can be left out, and what is left out and limited is shown', async () => {
  const ask = show({ exclude: ['*.key'], maxFileBytes: 2_000_000, maxFiles: 30 });
  expect(screen.getByText('*.key')).toBeTruthy();
  expect(screen.getByText('Files above 2 MB are neither read nor written. A run takes up 30 files at most.')).toBeTruthy();
  const field = screen.getByRole<HTMLInputElement>('textbox');
  fireEvent.input(field, { target: { value: ' Taxes ' } });
  fireEvent.submit(field.form as HTMLFormElement);
  expect(ask).toHaveBeenCalledExactlyOnceWith('grants.narrow', { grant: grantId(1), exclude: ['Taxes'] });
  await waitFor(() => expect(field.value).toBe(''));
});

test('a change that did not come is said, and the fields show what is', async () => {
  show({ rights: ['read', 'write'] }, async () => Promise.reject(new Error('gone')));
  fireEvent.click(box(/create/));
  expect(await screen.findByRole('alert')).toBeTruthy();
  expect(box(/create/).checked).toBe(true);
});

test('taking a folder back says what that means, and asks once more', async () => {
  const ask = show();
  fireEvent.click(screen.getByRole('button', { name: 'Take it back' }));
  await waitFor(() => expect(document.activeElement?.textContent).toMatch(/^Headgate can then no longer use this folder/));
  expect(ask).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'Keep it' }));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Take it back' })));
  fireEvent.click(screen.getByRole('button', { name: 'Take it back' }));
  fireEvent.click(screen.getByRole('button', { name: 'Yes, take it back' }));
  expect(ask).toHaveBeenCalledExactlyOnceWith('grants.revoke', { grant: grantId(1) });
});

test('a folder’s name that deceives the eye is shown as what it is', () => {
  show({ name: 'Fotos\u202Egnp', display: '~/Fotos\u202Egnp' });
  expect(screen.getByText('Fotos‹U+202E›gnp')).toBeTruthy();
  expect(document.body.textContent).not.toContain('\u202E');
});
