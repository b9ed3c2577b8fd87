// Nothing that names a file reaches the cloud in a report or an event, whatever went wrong.
import { expect, test } from 'vitest';
import type { Link } from '../../../native-host/link/socket.ts';
import { type Tell, wordlessEvent, wordlessReport } from '../../../native-host/link/wordless.ts';
import { ERROR_CODES } from '../../../shared/errors.ts';
import type { HandleMeta } from '../../../shared/handles.ts';
import type { HandleId, RunId, StepId } from '../../../shared/ids.ts';
import { Report, RunEvent } from '../../../shared/run/events.ts';

const SECRET = 'Diagnosis of Ada.md';
const WORDS = `The file is gone: Look at “${SECRET}” in “Letters”.`;
const bare: Tell = ({ handle, kind, size, label }) => ({ handle, kind, size, label });
const head = { run: `r_${'1'.repeat(32)}` as RunId, seq: 1, epoch: 1, at: 1, step: 'text.3' as StepId };

test.each(ERROR_CODES)('%s: neither a report nor an event says what it was about', (code) => {
  const failed = { type: 'failed', code, message: WORDS, retryable: false, nothingChanged: true } as const;
  const refused = { type: 'refused', code, reasons: [WORDS, SECRET] } as const;
  for (const report of [failed, { ...refused, reasons: [...refused.reasons] }]) {
    const sent = wordlessReport(report, bare);
    expect(JSON.stringify(sent)).not.toMatch(/Ada|Letters|gone/);
    expect(Report.parse(sent)).toMatchObject({ type: report.type, code });
  }
  const { type: _failed, ...why } = failed;
  for (const event of [
    { ...head, ...why, type: 'step.failed' } as const,
    { ...head, type: 'step.refused', code, reasons: [WORDS] } as const satisfies object,
  ]) {
    const sent = wordlessEvent(event as RunEvent, bare);
    expect(JSON.stringify(sent)).not.toMatch(/Ada|Letters|gone/);
    expect(RunEvent.parse(sent)).toMatchObject({ type: event.type, code });
  }
});

test('a refusal keeps what it was, in words that are the same for every file', () => {
  const sent = wordlessReport({ type: 'refused', code: 'approval_denied', reasons: [WORDS] }, bare);
  expect(sent).toEqual({ type: 'refused', code: 'approval_denied', reasons: ['the person said no'] });
});

test('handles are told by the gate, and a name that a log claims for one is not', () => {
  const claimed: HandleMeta = {
    handle: `h_${'1'.repeat(32)}` as HandleId,
    kind: 'file',
    size: 256,
    label: 'open',
    name: SECRET,
    mask: 'image',
  };
  const outcome = { outputs: [claimed], where: 'home', ms: 1 } as const;
  for (const sent of [
    wordlessReport({ type: 'succeeded', outcome: { ...outcome, outputs: [claimed] } }, bare),
    wordlessEvent({ ...head, type: 'step.succeeded', outcome: { ...outcome, outputs: [claimed] } }, bare),
  ]) {
    expect(JSON.stringify(sent)).not.toContain('Ada');
    expect(JSON.stringify(sent)).not.toContain('mask');
  }
});

test('the link takes no report, no event and no text that did not come by the gate: the compiler sees to it', () => {
  const attempts = (link: Link, report: Report, event: RunEvent, meta: HandleMeta) => {
    // @ts-expect-error: a report with its words
    void link.ask('task.report', { ...head, attempt: 1, report });
    // @ts-expect-error: an event with its words
    void link.ask('run.replicate', { events: [event] });
    // @ts-expect-error: a text that nobody released
    void link.ask('infer', { ...head, op: 'text.summarize', receipt: 'x', question: { texts: ['secret'] }, deadlineMs: 100 });
    // @ts-expect-error: a name that nobody released
    void wordlessReport(report, (): ReturnType<Tell> => ({ ...meta, name: 'Diagnosis of Ada.md' }));
  };
  expect(attempts).toBeTypeOf('function');
});
