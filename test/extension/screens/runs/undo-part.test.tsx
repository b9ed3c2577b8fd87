// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RunRow } from '../../../../extension/screens/runs/run-row.tsx';
import type { Ask } from '../../../../extension/screens/worker.ts';
import type { RunUndo, UndoReport } from '../../../../shared/protocol/native.ts';
import { speak } from '../../support/browser.ts';
import { run, runId } from '../../support/samples.ts';

beforeEach(() => speak());
afterEach(cleanup);

const report = (change: Partial<UndoReport> = {}): UndoReport => ({
  run: runId(1),
  dryRun: true,
  undone: 2,
  beside: 1,
  left: 0,
  failed: 0,
  items: [
    { change: 3, result: 'beside', says: '“b.md” was changed since' },
    { change: 2, result: 'undone', says: 'took “a.md” away again' },
    { change: 1, result: 'undone', says: 'took “Old” away again' },
  ],
  more: 0,
  ...change,
});

function row(ask: Ask, undo: RunUndo | undefined) {
  return (
    <ul>
      <RunRow
        run={run({ title: 'Digest', ...(undo !== undefined && { undo }) })}
        now={60_000}
        ask={ask}
        result={undefined}
        query=""
        open={false}
        onToggle={() => undefined}
        onResult={() => undefined}
        onFile={() => undefined}
      />
    </ul>
  );
}
function show(
  answer: (dryRun: boolean) => Promise<UndoReport> = async (dryRun) => report({ dryRun }),
  state: RunUndo['state'] = 'possible',
) {
  const ask = vi.fn((_method: string, { dryRun }: { dryRun: boolean }) => answer(dryRun));
  const { rerender } = render(row(ask as never, { changes: 3, state }));
  return { ask, told: (next: RunUndo['state']) => rerender(row(ask as never, { changes: 3, state: next })) };
}
const button = (name: string | RegExp) => screen.getByRole('button', { name });

test('the first press changes nothing: it says what would go back, and puts the focus there', async () => {
  const { ask } = show();
  fireEvent.click(button('Undo “Digest”'));
  await screen.findByText(/^2 changes go back/);
  expect(ask.mock.calls).toEqual([['runs.undo', { run: runId(1), dryRun: true }]]);
  expect(document.activeElement?.textContent).toBe(
    '2 changes go back. 1 you changed since: yours stays, and the old version is put beside it.',
  );
  expect([...document.querySelectorAll('.undo-items li')].map((item) => item.getAttribute('data-result'))).toEqual([
    'beside',
    'undone',
    'undone',
  ]);
});

test('the second press does it once, and what came of it is said', async () => {
  const { ask, told } = show();
  fireEvent.click(button('Undo “Digest”'));
  await screen.findByText(/^2 changes go back/);
  fireEvent.click(button('Undo now'));
  await screen.findByText(/^2 changes were taken back/);
  expect(ask.mock.calls.map(([, params]) => params.dryRun)).toEqual([true, false]);
  expect(screen.queryByRole('button', { name: 'Undo now' })).toBeNull();
  told('done');
  fireEvent.click(button('Close'));
  expect(screen.queryByRole('button', { name: /Undo/ })).toBeNull();
  await waitFor(() => expect(document.activeElement?.textContent).toContain('Taken back'));
});

test('leaving changes nothing, closes by Escape as well, and gives the focus back', async () => {
  const { ask } = show();
  for (const leave of [() => fireEvent.click(button('Leave it as it is')), () => pressEscape()]) {
    fireEvent.click(button('Undo “Digest”'));
    await screen.findByText(/^2 changes go back/);
    leave();
    await waitFor(() => expect(document.activeElement).toBe(button('Undo “Digest”')));
    expect(document.querySelector('.undo-panel')).toBeNull();
  }
  expect(ask.mock.calls.every(([, params]) => params.dryRun)).toBe(true);
});

function pressEscape(): void {
  // Not left to the browser, which would close a popup.
  expect(fireEvent.keyDown(document.querySelector('.undo-panel') as Element, { key: 'Escape' })).toBe(false);
}

test('where nothing can go back there is nothing to press but Close', async () => {
  show(async () => report({ undone: 0, beside: 0, left: 1, items: [{ change: 1, result: 'left', says: '“a.md” is already gone' }] }));
  fireEvent.click(button('Undo “Digest”'));
  await screen.findByText('Nothing of this can be taken back now.');
  expect(screen.getByText('“a.md” is already gone')).toBeTruthy();
  expect(screen.getAllByRole('button').map((each) => each.textContent)).toEqual(['', 'Undo', 'Close']);
});

test('a failure is said as one', async () => {
  show(async () => Promise.reject(new Error('gone')));
  fireEvent.click(button('Undo “Digest”'));
  expect(await screen.findByRole('alert')).toBeTruthy();
});

test('an answer that comes after the person left is not shown', async () => {
  const late = Promise.withResolvers<UndoReport>();
  show(() => late.promise);
  fireEvent.click(button('Undo “Digest”'));
  await screen.findByText('Looking at what would go back…');
  fireEvent.click(button('Undo “Digest”'));
  late.resolve(report());
  await late.promise;
  expect(document.querySelector('.undo-panel')).toBeNull();
});

test.each([
  ['done', 'Taken back'],
  ['expired', null],
] as const)('a run whose undo is %s has no button', (state, says) => {
  show(undefined, state);
  expect(screen.queryByRole('button', { name: /Undo/ })).toBeNull();
  expect(screen.queryByText('Taken back') === null).toBe(says === null);
});

test('a run that changed nothing has no button', () => {
  render(row(vi.fn() as never, undefined));
  expect(screen.queryByRole('button', { name: /Undo/ })).toBeNull();
});
