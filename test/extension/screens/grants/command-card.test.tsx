// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GrantList } from '../../../../extension/screens/grants/grant-list.tsx';
import type { CommandView } from '../../../../shared/gate/commands.ts';
import { speak } from '../../support/browser.ts';
import { command, grantId } from '../../support/samples.ts';

beforeEach(() => speak());
afterEach(cleanup);

function show(...commands: CommandView[]) {
  const ask = vi.fn(async () => ({}) as never);
  render(<GrantList snapshot={{ status: null, grants: [], commands, warrants: [], host: { state: 'ready' } }} ask={ask} />);
  return ask;
}
const may = () => [...document.querySelectorAll('.may > li')].map((line) => line.textContent);

test('an allowed command is shown with its whole line and what it may', () => {
  show(command());
  expect(screen.getByRole('heading', { name: 'Commands' })).toBeTruthy();
  expect(document.querySelector('.line')?.textContent).toBe('/usr/bin/pandoc --to=<to:html|docx> <in:read>');
  expect(may()).toEqual(['Sees ~/Letters', 'No network', 'Label of what it says: Home']);
});

test('what a command may beyond the safe choice is said, and why it cannot be started now', () => {
  const wide = { write: true, network: 'yes', isolation: 'none-accepted', interpreter: true, pinned: true, label: 'open' } as const;
  show(command({ ...wide, state: 'refused', problem: 'Its folder is not granted any more.' }));
  expect(may()).toEqual([
    'Sees ~/Letters and may change it',
    'May use the network',
    'Label of what it says: Open',
    'Only with the very bytes that it had when it was allowed',
    'Runs what it is given',
    'Also where it cannot be kept apart, without asking each time',
  ]);
  expect(screen.getByText('Its folder is not granted any more.')).toBeTruthy();
});

test('a command is taken back after one more question', () => {
  const ask = show(command());
  fireEvent.click(screen.getByRole('button', { name: 'Take it back' }));
  expect(ask).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'Yes, take it back' }));
  expect(ask).toHaveBeenCalledExactlyOnceWith('grants.revoke', { grant: grantId(9) });
});

test('where no command is allowed nothing is said of commands', () => {
  show();
  expect(screen.queryByRole('heading', { name: 'Commands' })).toBeNull();
});
