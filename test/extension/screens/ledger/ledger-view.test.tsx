// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { useState } from 'preact/hooks';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LedgerView } from '../../../../extension/screens/ledger/ledger-view.tsx';
import type { Receipt } from '../../../../shared/gate/release.ts';
import type { RunId } from '../../../../shared/ids.ts';
import type { LedgerVerdict } from '../../../../shared/protocol/native.ts';
import { speak } from '../../support/browser.ts';
import { receipt, run, runId } from '../../support/samples.ts';

beforeEach(() => speak());
afterEach(cleanup);

const RUNS = [run({ run: runId(1), title: 'Digest of Rivers' }), run({ run: runId(2), title: 'Find \u202Egate' })];

function Ledger({ ask }: { ask: never }) {
  const [chosen, choose] = useState<RunId | null>(null);
  return <LedgerView runs={RUNS} ask={ask} run={chosen} onRun={choose} />;
}
function show(receipts: Receipt[], verdict: LedgerVerdict = { records: receipts.length, head: null, problems: [] }) {
  const ask = vi.fn(async (method: string) => (method === 'ledger.list' ? { receipts } : verdict));
  render(<Ledger ask={ask as never} />);
  return ask;
}

test('a receipt says when, what for, how much, to whom, under which label, who said yes, and what was taken out', async () => {
  show([
    receipt({
      bytes: 2_700,
      approvedBy: 'person',
      label: 'ask',
      at: new Date(2026, 10, 26, 8, 3, 6).getTime(),
      rules: [{ rule: 'e-mail', kind: 'contact', count: 2, redacted: true }],
    }),
  ]);
  await screen.findByRole('combobox');
  const row = document.querySelector('.receipt') as HTMLElement;
  expect(row.textContent).toContain('Summarise 2.7 kB');
  expect(row.textContent).toMatch(/Nov 26, 2026, 8:03:06.AM · headgate-extractive · label Ask · you said yes/);
  expect(row.textContent).toContain('Taken out before: 2 × e-mail');
});

test('a receipt of what was held back says so, from whom, and what was found', async () => {
  const rules = [{ rule: 'github-token', kind: 'secret', count: 1, redacted: true } as const];
  show([
    receipt({
      destination: 'client',
      model: 'an-editor',
      bytes: 0,
      label: 'ask',
      approvedBy: 'label',
      purpose: 'mcp read_text_file',
      rules,
    }),
  ]);
  await screen.findByRole('combobox');
  expect(document.querySelector('.receipts-main .muted')?.textContent).toBe('held back from an-editor');
  const row = document.querySelector('.receipt') as HTMLElement;
  expect(row.textContent).toContain('an-editor · label Ask · held back');
  expect(row.textContent).not.toContain('the label allowed it');
  expect(row.textContent).toContain('Held back because of: 1 × github-token');
});

test('receipts stand by run, and one run can be picked', async () => {
  show([receipt({ run: runId(2), destination: 'screen', model: null, purpose: 'show hits' }), receipt(), receipt()]);
  await waitFor(() => expect(document.querySelectorAll('.receipts')).toHaveLength(2));
  expect([...document.querySelectorAll('.receipts-main')].map((each) => each.textContent)).toEqual([
    'Find ‹U+202E›gate1 text, 1 kB, to your screen',
    'Digest of Rivers2 texts, 2 kB, to headgate-extractive',
  ]);
  fireEvent.change(screen.getByRole('combobox'), { target: { value: runId(1) } });
  await waitFor(() => expect(document.querySelectorAll('.receipts')).toHaveLength(1));
  expect(document.querySelector('.receipts')?.getAttribute('data-run')).toBe(runId(1));
});

test('names of files are not counted as texts', async () => {
  const names = receipt({ purpose: 'names', model: null, bytes: 17 });
  show([receipt(), names, receipt({ ...names, run: runId(3) })]);
  await waitFor(() => expect(document.querySelectorAll('.receipts')).toHaveLength(2));
  expect([...document.querySelectorAll('.receipts-main .muted')].map((each) => each.textContent)).toEqual([
    '1 text, names of files, 1 kB, to headgate-extractive',
    'names of files, 17 bytes, to the cloud',
  ]);
});

test('what a program on this device got is told by the program, and a run that is not listed any more as an earlier one', async () => {
  show([
    receipt({ run: runId(8), destination: 'client', model: 'claude\u202E', purpose: 'mcp read_text_file' }),
    receipt({ run: runId(9), purpose: 'names', model: null }),
  ]);
  await screen.findByRole('combobox');
  expect([...document.querySelectorAll('.receipts-main > bdi')].map((each) => each.textContent)).toEqual([
    'Asked by claude‹U+202E›',
    'An earlier run',
  ]);
  expect(screen.getByText('Asked by a program: read_text_file')).toBeTruthy();
  expect(screen.getByText('What files are called')).toBeTruthy();
  expect(document.body.textContent).not.toContain('\u202E');
});

test('an empty ledger says what will stand there', async () => {
  show([]);
  expect(await screen.findByText(/^Nothing has left this device yet/)).toBeTruthy();
  expect(document.querySelectorAll('.days li')).toHaveLength(14);
});

test('the button verifies, and says how far the signed head reaches', async () => {
  const ask = show([receipt()], {
    records: 2,
    head: { n: 2, line: 'a'.repeat(64), at: new Date(2026, 10, 26, 8).getTime() },
    problems: [],
  });
  await screen.findByRole('combobox');
  fireEvent.click(screen.getByRole('button', { name: 'Verify the ledger' }));
  await waitFor(() => expect(document.querySelector('[data-verdict="ok"]')).not.toBeNull());
  expect(document.querySelector('.verdict')?.textContent).toMatch(
    /2 lines, and each follows from the one before\. The signed head of Nov 26, 2026/,
  );
  expect(ask).toHaveBeenCalledWith('ledger.verify', {});
});

test('what was done to it is named', async () => {
  show([receipt()], { records: 1, head: null, problems: [{ n: 1, kind: 'changed', says: 'line 1 was changed' }] });
  await screen.findByRole('combobox');
  fireEvent.click(screen.getByRole('button', { name: 'Verify the ledger' }));
  expect(await screen.findByText('line 1 was changed')).toBeTruthy();
  expect(screen.getByText('The ledger was tampered with: 1 thing is wrong.')).toBeTruthy();
});

test('a host that does not tell is said', async () => {
  render(<LedgerView runs={[]} ask={vi.fn(async () => Promise.reject(new Error('gone'))) as never} run={null} onRun={() => undefined} />);
  expect(await screen.findByRole('alert')).toBeTruthy();
});
