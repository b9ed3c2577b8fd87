import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createOutput } from '../../../native-host/cli/output.ts';
import { noteWaiting, showInDetail } from '../../../native-host/cli/show-approval.ts';
import { ApprovalId, RunId, StepId } from '../../../shared/ids.ts';
import type { ApprovalView } from '../../../shared/protocol/native.ts';

const APPROVAL: ApprovalView = {
  id: ApprovalId.parse(`a_${'1'.repeat(32)}`),
  kind: 'release',
  run: RunId.parse(`r_${'2'.repeat(32)}`),
  step: StepId.parse('themes'),
  title: 'Find the themes of text: send 2 texts to the cloud?',
  destination: 'cloud',
  model: 'headgate-extractive',
  bytes: 141,
  items: ['a.md', 'b.md'],
  more: 0,
  expiresAt: Date.parse('2026-11-26T09:47:00'),
};

function linesOf(show: (out: ReturnType<typeof createOutput>) => void): string[] {
  const said: string[] = [];
  const stream = new PassThrough().on('data', (chunk: Buffer) => said.push(chunk.toString()));
  // Only what Output uses of a terminal's stream is there.
  const stdout = stream as unknown as NodeJS.WriteStream;
  show(createOutput(false, { stdout, stderr: stdout }));
  return said.join('').trimEnd().split('\n');
}

test('a release in full says how much goes where and until when it asks, and its question once', () => {
  const parts = [{ says: APPROVAL.title }, { says: 'a.md' }, { says: 'b.md' }];
  expect(linesOf((out) => showInDetail(APPROVAL, { parts, more: 0, lines: [], cut: 0 }, out))).toEqual([
    '? Find the themes of text: send 2 texts to the cloud?',
    '  141 bytes to cloud (headgate-extractive); open until 2026-11-26 09:47',
    '  a.md',
    '  b.md',
    `  headgate approvals ${APPROVAL.id} yes|run|no`,
  ]);
});

test('a change in full keeps its lines at their part', () => {
  const approval: ApprovalView = { ...APPROVAL, kind: 'change', title: 'Write “a.md”?', bytes: 12 };
  const parts = [{ says: 'Write “a.md”' }];
  const lines = [
    { part: 0, sign: '+' as const, excerpt: 'new, ' },
    { part: 0, sign: '+' as const, excerpt: 'and long', goesOn: true },
  ];
  const said = linesOf((out) => showInDetail(approval, { parts, more: 0, lines, cut: 0 }, out));
  expect(said.filter((line) => line.includes('Write'))).toEqual(['? Write “a.md”?']);
  expect(said).toContain('  + new,');
  expect(said).toContain('  ↳ and long');
});

test('where nobody can be asked it is said what waits, until when, and where it is answered', () => {
  const change = { ...APPROVAL, kind: 'change', title: 'Move \u202Ea.md?', uninspectable: 'it is too large' } as const;
  expect(linesOf((out) => noteWaiting(change, out))).toEqual([
    'Waits for your yes until 2026-11-26 09:47: Move ‹U+202E›a.md?',
    `  Answer in the browser’s extension, or in another terminal: headgate approvals ${APPROVAL.id} yes|no`,
  ]);
});
