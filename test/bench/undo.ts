// Undo of a run of 10,000 moves, on real files and through the real journal, with every sync that it does for a person. The
// moves themselves are measured as well.
import { readdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { undoChanges } from '../../native-host/journal/undo.ts';
import { performOp } from '../native-host/support/perform-op.ts';
import { makeId, type StepId } from '../../shared/ids.ts';
import { grantFolder, type Granted } from '../native-host/support/granted.ts';
import { type Figures, figuresOf, round } from './statistics.ts';

const FILES = 10_000;
const FOLDERS = 50;

export interface UndoFigures {
  files: number;
  moveSeconds: Figures;
  undoSeconds: Figures;
  /** Undo of one created file, for scale. */
  undoOneMs: Figures;
}

export async function measureUndo(rounds: number): Promise<UndoFigures> {
  using granted = grantFolder();
  for (let file = 0; file < FILES; file++) granted.write(`in/${file % FOLDERS}/document-${file}.md`, `document ${file}\n`);
  for (let folder = 0; folder < FOLDERS; folder++) granted.write(`out/${folder}/here.md`, '');
  const before = namesIn(granted);
  const moves = Array.from({ length: FILES }, (_, file) => ({
    from: { grant: granted.grant.id, path: `in/${file % FOLDERS}/document-${file}.md` },
    to: `out/${(file * 7) % FOLDERS}/document-${file}.md`,
  }));
  const times = { move: [] as number[], undo: [] as number[], one: [] as number[] };
  for (let at = 0; at < rounds; at++) {
    times.move.push((await timed(() => performOp('fs.move', { moves }, contextOf(granted, at)))) / 1000);
    const items: { result: string }[] = [];
    times.undo.push((await timed(async () => void items.push(...(await undo(granted, at))))) / 1000);
    if (items.length !== FILES || items.some(({ result }) => result !== 'undone') || namesIn(granted) !== before)
      throw new Error('undo did not give everything back');
  }
  for (let at = 100; at < 130; at++) {
    const content = [granted.context.handles.putText('text', 'hello', 'open').handle];
    await performOp('fs.create', { grant: granted.grant.id, name: 'note.md', content }, contextOf(granted, at));
    times.one.push(await timed(() => undo(granted, at)));
  }
  return { files: FILES, moveSeconds: figuresOf(times.move), undoSeconds: figuresOf(times.undo), undoOneMs: figuresOf(times.one) };
}

function runOf(at: number) {
  return makeId('r', () => Buffer.alloc(16, at + 1));
}

function contextOf(granted: Granted, at: number) {
  return { ...granted.context, run: runOf(at), step: `s${randomBytes(3).toString('hex')}` as StepId };
}

function undo(granted: Granted, at: number) {
  return undoChanges({ journal: granted.context.journal, grants: granted.grants, now: granted.context.now }, runOf(at));
}

function namesIn(granted: Granted): string {
  return readdirSync(granted.folder, { recursive: true }).sort().join('\n');
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return round(performance.now() - startedAt);
}
