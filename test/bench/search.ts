// fs.search beside ripgrep alone: the same tree, the same words, interleaved; every hit of ours was re-opened by the gate.
import { spawnSync } from 'node:child_process';
import { rgPath } from '@vscode/ripgrep';
import { search } from '../../native-host/ops/fs/search.ts';
import { grantFolder } from '../native-host/support/granted.ts';
import { type Figures, figuresOf, round } from './statistics.ts';

const FILES = 5_000;
const LINES = 60;
const QUERY = 'sluice keeper';

export interface SearchFigures {
  files: number;
  hits: number;
  ripgrepMs: Figures;
  searchMs: Figures;
  ratio: number;
}

export async function measureSearch(rounds: number): Promise<SearchFigures> {
  using granted = grantFolder();
  makeTree(granted.write);
  const times = { rg: [] as number[], ours: [] as number[] };
  let hits = 0;
  for (let at = -2; at < rounds; at++) {
    const rg = timed(() =>
      spawnSync(rgPath, ['--no-config', '-F', '-i', '-n', '--json', '--', QUERY, granted.folder], { maxBuffer: 64 * 1024 * 1024 }),
    );
    const startedAt = performance.now();
    const result = await search({ query: QUERY, grants: [granted.grant.id], max: 500 }, granted.context);
    const ours = performance.now() - startedAt;
    hits = (JSON.parse(granted.context.handles.text(result.outputs[0]?.handle as never)) as { total: number }).total;
    if (at < 0) continue;
    times.rg.push(rg);
    times.ours.push(ours);
  }
  const ripgrepMs = figuresOf(times.rg);
  const searchMs = figuresOf(times.ours);
  return { files: FILES, hits, ripgrepMs, searchMs, ratio: round(searchMs.p50 / ripgrepMs.p50) };
}

/** Ordinary small documents; every thirty-third has the words in it. */
function makeTree(write: (path: string, content: string) => string): void {
  const words = 'river gate water level channel weir mill stone bank reed willow barge lock tide ledger'.split(' ');
  for (let file = 0; file < FILES; file++) {
    const lines = Array.from({ length: LINES }, (_, line) =>
      Array.from({ length: 10 }, (_, word) => words[(file * 7 + line * 3 + word * 5) % words.length]).join(' '),
    );
    if (file % 33 === 0) lines[file % LINES] = `and then the ${QUERY} went home`;
    write(`part-${file % 40}/document-${file}.md`, `${lines.join('\n')}\n`);
  }
}

function timed(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}
