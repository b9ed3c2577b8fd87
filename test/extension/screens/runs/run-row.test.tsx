// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ScreenRun } from '../../../../extension/screen-protocol.ts';
import { groupByFile } from '../../../../extension/screens/runs/result-view.tsx';
import { RunRow } from '../../../../extension/screens/runs/run-row.tsx';
import type { RunResult } from '../../../../shared/protocol/native.ts';
import { speak } from '../../support/browser.ts';
import { grantId, handleId, run, runId } from '../../support/samples.ts';

beforeEach(() => speak());
afterEach(cleanup);

const hit = (file: number, line: number | null, excerpt: string) => ({
  handle: handleId(file * 10 + (line ?? 0)),
  name: `file ${file}.md`,
  folder: 'Documents',
  grant: grantId(1),
  line,
  excerpt,
});

function show(change: Partial<ScreenRun>, more: { open?: boolean; result?: RunResult } = {}) {
  const onFile = vi.fn();
  const ask = vi.fn(async () => ({ ...run(change), steps: [] }) as never);
  render(
    <ul>
      <RunRow
        run={run(change)}
        now={60_000}
        ask={ask}
        result={more.result}
        query="gate"
        open={more.open ?? false}
        onToggle={() => undefined}
        onResult={() => undefined}
        onFile={onFile}
      />
    </ul>,
  );
  return { onFile, ask };
}

test('a running run shows its progress, the step at work in words, and can be cancelled', () => {
  const { ask } = show({ status: 'running', done: 17, total: 46, now: 'text.summarize' });
  const progress = screen.getByRole<HTMLProgressElement>('progressbar');
  expect([progress.value, progress.max]).toEqual([17, 46]);
  expect(screen.getByText('Summarise · 17 of 46')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: /Cancel/ }));
  expect(ask).toHaveBeenCalledWith('runs.cancel', { run: runId(1) });
});

test('the saved file’s name opens it', () => {
  const { onFile } = show({ files: [{ handle: handleId(4), name: 'A gate.md' }] });
  fireEvent.click(screen.getByRole('button', { name: 'A gate.md' }));
  expect(onFile).toHaveBeenCalledExactlyOnceWith('file.open', handleId(4));
});

test('a failed run says why, in our words and in the host’s', () => {
  show({ status: 'failed', code: 'disk_full', message: 'The disk with Documents is full.' });
  expect(screen.getByText('The disk is full. Nothing was written.')).toBeTruthy();
  expect(screen.getByText('The disk with Documents is full.').className).toBe('muted');
});

test('where it ran is told', () => {
  show({ ran: ['home', 'cloud'] });
  expect(screen.getAllByRole('img').map((image) => image.getAttribute('aria-label'))).toEqual(['Done', 'Ran at home', 'Ran in the cloud']);
});

test('a run of another device has the words of its recipe, and no buttons', () => {
  const { title: _, ...rest } = run();
  cleanup();
  render(
    <ul>
      <RunRow
        run={{ ...rest, elsewhere: true }}
        now={0}
        ask={vi.fn()}
        result={undefined}
        query=""
        open={false}
        onToggle={() => undefined}
        onResult={() => undefined}
        onFile={() => undefined}
      />
    </ul>,
  );
  expect(screen.getByRole('heading').textContent).toBe('Save a page');
  expect(screen.queryAllByRole('button')).toEqual([]);
});

test('hits come by file and line, with what was searched for marked', () => {
  const result: RunResult = { kind: 'hits', total: 3, hits: [hit(1, 12, 'the old gate stands'), hit(1, 48, 'gate'), hit(2, null, '')] };
  const { onFile } = show({ recipe: 'files.find' }, { open: true, result });
  expect(screen.getAllByText('gate', { selector: 'mark' })).toHaveLength(2);
  expect(screen.getByText('Hits: 3 · Files: 2')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Show file 2.md in its folder' }));
  expect(onFile).toHaveBeenCalledExactlyOnceWith('file.reveal', handleId(20));
});

test('hits of one file stand together, in the order in which files were found', () => {
  expect(groupByFile([hit(1, null, 'file 1.md'), hit(2, 3, 'b'), hit(1, 5, 'a'), hit(2, null, '')])).toMatchObject([
    { name: 'file 1.md', handle: handleId(10), lines: [{ line: 5, excerpt: 'a' }] },
    { name: 'file 2.md', lines: [{ line: 3, excerpt: 'b' }] },
  ]);
});
