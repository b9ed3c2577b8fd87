import { expect, test } from 'vitest';
import type { Output } from '../../../native-host/cli/output.ts';
import { showResult } from '../../../native-host/cli/show-result.ts';
import type { GrantId, HandleId } from '../../../shared/ids.ts';
import type { RunResult } from '../../../shared/protocol/native.ts';
import type { RunView } from '../../../shared/run/view.ts';

const VIEW = { steps: [] } as unknown as RunView;
const [ONE, TWO] = ['h_1', 'h_2'] as unknown as [HandleId, HandleId];
const GRANT = 'g_1' as unknown as GrantId;
type Hit = Extract<RunResult, { kind: 'hits' }>['hits'][number];

function linesOf(hits: readonly Hit[], total: number): string[] {
  const said: string[] = [];
  const quiet = () => undefined;
  const out: Output = {
    json: false,
    line: (text = '') => void said.push(text),
    table: quiet,
    document: quiet,
    note: quiet,
    progress: quiet,
    endProgress: quiet,
    paint: (_, text) => text,
  };
  showResult(VIEW, { kind: 'hits', hits: [...hits], total }, [], out);
  return said;
}

test('a file with several hits is named once, with the handle that opens it, and each line by its number', () => {
  const hit = { name: 'a.md', folder: 'Texts', handle: ONE, grant: GRANT };
  const lines = linesOf(
    [
      { ...hit, line: 3, excerpt: 'the weir' },
      { ...hit, line: 12, excerpt: 'a weir' },
      { name: 'weir.md', folder: '', handle: TWO, grant: GRANT, line: null, excerpt: 'weir.md' },
    ],
    9,
  );
  expect(lines).toEqual([
    'Texts/a.md  h_1',
    '     3  the weir',
    '    12  a weir',
    'weir.md  h_2',
    '3 of 9 shown.',
    'headgate run open HANDLE opens one.',
  ]);
});

test('without a hit nothing is offered to be opened', () => {
  expect(linesOf([], 0)).toEqual(['Nothing found.']);
});
