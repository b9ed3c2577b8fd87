// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApprovalCard } from '../../../../extension/screens/approvals/approval-card.tsx';
import { ApprovalList } from '../../../../extension/screens/approvals/approval-list.tsx';
import { DiffView } from '../../../../extension/screens/approvals/diff-view.tsx';
import type { ApprovalId } from '../../../../shared/ids.ts';
import type { ApprovalDetail, ApprovalView } from '../../../../shared/protocol/native.ts';
import { speak } from '../../support/browser.ts';
import { approval, id, run, runId, status } from '../../support/samples.ts';
import { eventually } from '../../../support/eventually.ts';

beforeEach(() => speak());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const DETAIL: ApprovalDetail = {
  parts: [{ says: 'Write “notes.md”' }],
  more: 0,
  lines: [
    { part: 0, sign: ' ', excerpt: '# Notes' },
    { part: 0, sign: '-', excerpt: 'open at dawn' },
    { part: 0, sign: '+', excerpt: 'open at dusk' },
    { part: 0, sign: '…', excerpt: '' },
  ],
  cut: 0,
};
const change = (more: Partial<ApprovalView> = {}) =>
  approval({ kind: 'change', title: 'Write “notes.md”?', destination: 'screen', ...more });

/** A host that shows `detail` and takes any answer. */
function show(view: ApprovalView, detail: Partial<ApprovalDetail> = {}, open?: boolean) {
  const ask = vi.fn(async (method: string) => (method === 'approvals.show' ? { ...DETAIL, ...detail } : {}) as never);
  render(<ApprovalCard status={null} approval={view} runTitle="Tidy the notes" ask={ask} {...(open !== undefined && { open })} />);
  return ask;
}
const answers = () => [...document.querySelectorAll('[data-answer]')].map((button) => button.getAttribute('data-answer'));

test('the card asks how much of what may go where', () => {
  render(
    <ApprovalCard
      status={null}
      approval={approval({ items: ['a.md', 'b.md', 'c.md'], more: 9, bytes: 34_120 })}
      runTitle="Digest of Documents"
      ask={vi.fn()}
    />,
  );
  expect(screen.getByRole('heading').textContent).toBe('Send 12 texts (34 kB) to headgate-extractive?');
  expect(screen.getByText('Digest of Documents')).toBeTruthy();
  expect(screen.getByText('Summarise text')).toBeTruthy();
  expect(screen.getByText('and 9 more')).toBeTruthy();
});

test.each([
  ['Once', 'once'],
  ['For this run', 'run'],
  ['No', 'no'],
] as const)('“%s” answers %s, once', (label, answer) => {
  const ask = vi.fn(async () => ({}) as never);
  render(<ApprovalCard status={null} approval={approval()} runTitle={undefined} ask={ask} />);
  fireEvent.click(screen.getByRole('button', { name: label }));
  fireEvent.click(screen.getByRole('button', { name: label }));
  expect(ask).toHaveBeenCalledExactlyOnceWith('approvals.answer', { approval: approval().id, answer });
});

test('a change is shown line by line, and what comes and goes is told by more than colour', async () => {
  const ask = show(change());
  expect(ask).toHaveBeenCalledExactlyOnceWith('approvals.show', { approval: change().id });
  await screen.findByText('open at dusk');
  expect(screen.getByRole('heading').textContent).toBe('Write “notes.md”?');
  expect(screen.queryByText('Write “notes.md”')).toBeNull();
  const lines = [...document.querySelectorAll('.diff > li')].map((line) => [line.getAttribute('data-line'), line.textContent]);
  expect(lines).toEqual([
    ['same', '# Notes'],
    ['goes', '−goes: open at dawn'],
    ['comes', '+comes: open at dusk'],
    ['gap', '⋯lines in between left out: '],
  ]);
});

test('the rest of a long line is no line of its own', () => {
  const long = { part: 0, sign: '+' } as const;
  render(
    <DiffView
      lines={[
        { ...long, excerpt: 'a long ' },
        { ...long, excerpt: 'line', goesOn: true },
      ]}
    />,
  );
  expect([...document.querySelectorAll('.diff > li')].map((line) => line.textContent)).toEqual(['+comes: a long ', '↳line']);
});

test('nobody says yes to a change before it is on the screen', async () => {
  const ask = show(change(), {}, false);
  expect(answers()).toEqual(['no']);
  expect(ask).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'Show the change' }));
  expect(answers()).toEqual(['no']);
  await screen.findByText('open at dusk');
  expect(answers()).toEqual(['once', 'run', 'no']);
});

test('a change that the host cannot show keeps only the no', async () => {
  const ask = vi.fn(async () => Promise.reject(new Error('gone')));
  render(<ApprovalCard status={null} approval={change()} runTitle={undefined} ask={ask as never} />);
  expect(await screen.findByRole('alert')).toBeTruthy();
  expect(answers()).toEqual(['no']);
});

test.each([
  ['the whole', { uninspectable: 'a program does as it likes' }, {}],
  [
    'the whole and a part',
    { uninspectable: 'a program does as it likes' },
    { parts: [{ says: 'run “convert”', uninspectable: 'a program does as it likes' }] },
  ],
  ['one part', {}, { parts: [{ says: 'run “convert”', uninspectable: 'a program does as it likes' }] }],
] as const)('what cannot be shown is said, and never allowed for a whole run: %s', async (_what, view, detail) => {
  show(change(view), detail as Partial<ApprovalDetail>);
  expect(await screen.findByText('This cannot be shown in full.')).toBeTruthy();
  await screen.findByRole('button', { name: 'Once' });
  expect(screen.getAllByText('a program does as it likes').length).toBe(1);
  expect(answers()).toEqual(['once', 'no']);
});

test('what is left out is counted', async () => {
  show(change(), { more: 3, cut: 41 });
  expect(await screen.findByText('3 more parts are not shown.')).toBeTruthy();
  expect(screen.getByText('41 more lines are not shown.')).toBeTruthy();
});

test('names and lines that deceive the eye are shown as what they are', async () => {
  show(change({ title: 'Write “photo\u202Egpj.exe”' }), {
    parts: [{ says: 'write “photo\u202Egpj.exe”' }, { says: 'put “old” in the trash' }],
    lines: [{ part: 0, sign: '+', excerpt: '\tif (admin\u2066) {\u200B' }],
  });
  expect(await screen.findByText('\tif (admin‹U+2066›) {‹U+200B›', { normalizer: (text) => text })).toBeTruthy();
  expect(screen.getByText('write “photo‹U+202E›gpj.exe”')).toBeTruthy();
  expect(document.body.textContent).not.toMatch(/[\u202E\u2066\u200B]/);
});

test('what a release would send is shown when the person looks, and its answers are there all the time', async () => {
  const lines = [
    { part: 0, sign: ' ' as const, excerpt: '# Heron' },
    { part: 0, sign: ' ' as const, excerpt: 'write to ‹email 1›' },
  ];
  const ask = show(approval({ items: ['Heron.md'] }), { parts: [{ says: 'Heron.md' }], lines, cut: 3 });
  expect(answers()).toEqual(['once', 'run', 'no']);
  expect(ask).not.toHaveBeenCalled();
  const look = screen.getByRole('button', { name: 'Show the text' });
  expect(look.getAttribute('aria-expanded')).toBe('false');
  fireEvent.click(look);
  expect(await screen.findByText('write to ‹email 1›')).toBeTruthy();
  expect(screen.getByText('3 more lines are not shown.')).toBeTruthy();
  expect(look.getAttribute('aria-expanded')).toBe('true');
  expect(answers()).toEqual(['once', 'run', 'no']);
});

test('a plan is allowed for good in a window of the host, or by a command to copy', () => {
  const view = approval({ kind: 'plan', plan: ['List the files'] });
  const ask = show(view);
  fireEvent.click(screen.getByRole('button', { name: 'Always allow…' }));
  expect(ask).toHaveBeenCalledExactlyOnceWith('approvals.chooseAlways', { approval: view.id });
  expect(document.querySelector('.always code')?.textContent).toBe(`npx headgate approvals ${view.id} always`);
  cleanup();
  show(approval());
  expect(document.querySelector('.always')).toBeNull();
});

test('a plan is shown in its order, with what may leave, and has one yes', () => {
  const view = approval({ kind: 'plan', plan: ['List the files', 'Summarise, in the cloud'], bytes: 240_000, items: ['Documents'] });
  const ask = vi.fn(async () => ({}) as never);
  render(<ApprovalCard status={null} approval={view} runTitle={undefined} ask={ask} />);
  expect(screen.getByRole('heading').textContent).toBe('Summarise text');
  expect([...document.querySelectorAll('.plan > li')].map((step) => step.textContent)).toEqual([
    'List the files',
    'Summarise, in the cloud',
  ]);
  expect(screen.getByText('Up to 240 kB may be sent to headgate-extractive.')).toBeTruthy();
  expect(answers()).toEqual(['once', 'no']);
  fireEvent.click(screen.getByRole('button', { name: 'Yes, let it run' }));
  expect(ask).toHaveBeenCalledExactlyOnceWith('approvals.answer', { approval: view.id, answer: 'once' });
});

test('the time that is left is counted down on the screen, by seconds at the end', async () => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date', 'setInterval', 'clearInterval'] });
  const { rerender } = render(
    <ApprovalCard status={null} approval={approval({ expiresAt: 1_000_000 + 95_000 })} runTitle={undefined} ask={vi.fn()} />,
  );
  expect(screen.getByText('asks for 2 more minutes')).toBeTruthy();
  await vi.advanceTimersByTimeAsync(50_000);
  rerender(<ApprovalCard status={null} approval={approval({ expiresAt: 1_000_000 + 95_000 })} runTitle={undefined} ask={vi.fn()} />);
  expect(screen.getByText('asks for 45 more seconds')).toBeTruthy();
  await vi.advanceTimersByTimeAsync(46_000);
  rerender(<ApprovalCard status={null} approval={approval({ expiresAt: 1_000_000 + 95_000 })} runTitle={undefined} ask={vi.fn()} />);
  expect(screen.getByText('has expired')).toBeTruthy();
  cleanup();
  await eventually(() => expect(vi.getTimerCount()).toBe(0));
});

test('of several changes only the first is asked for, and an answer that fails is said', async () => {
  const ask = vi.fn(async (method: string) => (method === 'approvals.show' ? DETAIL : Promise.reject(new Error('gone'))) as never);
  const views = [1, 2, 3].map((number) => change({ id: id<ApprovalId>('a', number) }));
  render(<ApprovalList status={null} approvals={views} runs={[run({ run: runId(1), title: 'Tidy' })]} ask={ask} />);
  await screen.findByText('open at dusk');
  expect(ask.mock.calls).toEqual([['approvals.show', { approval: views[0]?.id }]]);
  fireEvent.click(screen.getByRole('button', { name: 'Once' }));
  expect(await screen.findByRole('alert')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Once' }).getAttribute('aria-disabled')).toBe('false');
});

test('the command to copy reaches the host that asks, also where that is not the usual one', () => {
  const own = status();
  const elsewhere = { ...own, host: { ...own.host, call: 'HEADGATE_HOME=/x npx headgate' } };
  const view = approval({ kind: 'plan', plan: ['List the files'] });
  render(<ApprovalCard status={elsewhere} approval={view} runTitle={undefined} ask={vi.fn()} />);
  expect(document.querySelector('.always code')?.textContent).toBe(`HEADGATE_HOME=/x npx headgate approvals ${view.id} always`);
});
