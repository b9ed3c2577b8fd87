// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApprovalCard } from '../../../../extension/screens/approvals/approval-card.tsx';
import type { ApprovalId, StepId } from '../../../../shared/ids.ts';
import type { ApprovalView } from '../../../../shared/protocol/native.ts';
import { speak } from '../../support/browser.ts';
import { id, runId } from '../../support/samples.ts';

beforeEach(() => speak());
afterEach(cleanup);

const approval: ApprovalView = {
  id: id<ApprovalId>('a', 1),
  kind: 'release',
  run: runId(1),
  step: 'summary' as StepId,
  title: 'Summarise text',
  destination: 'cloud',
  model: 'headgate-extractive',
  bytes: 34_120,
  items: ['a.md', 'b.md', 'c.md'],
  more: 9,
  expiresAt: Date.now() + 5 * 60_000,
};

test('the card asks how much of what may go where', () => {
  render(<ApprovalCard approval={approval} runTitle="Digest of Documents" ask={vi.fn()} />);
  expect(screen.getByRole('heading').textContent).toBe('Send 12 texts (34 kB) to headgate-extractive?');
  expect(screen.getByText('Digest of Documents')).toBeTruthy();
  expect(screen.getByText('and 9 more')).toBeTruthy();
});

test.each([
  ['Once', 'once'],
  ['For this run', 'run'],
  ['No', 'no'],
] as const)('“%s” answers %s, once', (label, answer) => {
  const ask = vi.fn(async () => ({}) as never);
  render(<ApprovalCard approval={approval} runTitle={undefined} ask={ask} />);
  fireEvent.click(screen.getByRole('button', { name: label }));
  fireEvent.click(screen.getByRole('button', { name: label }));
  expect(ask).toHaveBeenCalledExactlyOnceWith('approvals.answer', { approval: approval.id, answer });
});
