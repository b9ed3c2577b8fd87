// Random changes on a random tree, then undo of all runs newest first: the very same tree. With the person at work in
// between: whatever they wrote is still there.
import { appendFileSync, chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { recoverJournal } from '../../../native-host/journal/recover.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import type { RunId } from '../../../shared/ids.ts';
import { grantFolder, type Granted } from '../support/granted.ts';
import { at, change, createText, treeOf, undo, writeText } from '../support/changing.ts';

/** More of them where they are asked for; each failure names its seed. */
const RUNS = Number(process.env.HEADGATE_PROPERTY_RUNS ?? 40);
const NAMES = ['a', 'b.txt', 'c.md', 'ü.txt', 'with space', 'd'];

afterEach(() => {
  vi.unstubAllEnvs();
});

interface Pick {
  kind: number;
  one: number;
  two: number;
  name: string;
}

const pick = fc.record({ kind: fc.nat(99), one: fc.nat(999), two: fc.nat(999), name: fc.constantFrom(...NAMES) });
const seedFile = fc.record({
  folder: fc.constantFrom('', 'p', 'p/q', 'r'),
  name: fc.constantFrom(...NAMES),
  bytes: fc.uint8Array({ maxLength: 40 }),
  mode: fc.constantFrom(0o600, 0o644, 0o640, 0o444),
});
const tree = fc.array(seedFile, { minLength: 1, maxLength: 8 });

interface World {
  granted: Granted;
  runs: RunId[];
  tokens: string[];
}

async function inWorld(
  files: readonly { folder: string; name: string; bytes: Uint8Array; mode: number }[],
  work: (world: World) => Promise<void>,
): Promise<void> {
  using granted = grantFolder({ rights: ['read', 'write', 'trash'] });
  vi.stubEnv('XDG_DATA_HOME', join(granted.base, 'share'));
  for (const { folder, name, bytes, mode } of files) {
    const path = join(granted.folder, folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    writeFileSync(path, bytes);
    chmodSync(path, mode);
  }
  await work({ granted, runs: [], tokens: [] });
}

function paths(granted: Granted, kind: 'file' | 'folder'): string[] {
  const tree = treeOf(granted.folder);
  return Object.keys(tree).filter((path) => tree[path]?.startsWith('folder') === (kind === 'folder'));
}

/** One change by Headgate. What the gate or the disk refuses is no failure here. */
async function headgateActs(world: World, { kind, one, two, name }: Pick): Promise<void> {
  const { granted, runs } = world;
  const files = paths(granted, 'file');
  const folders = ['', ...paths(granted, 'folder')];
  const file = files[one % Math.max(1, files.length)] ?? 'none';
  const folder = folders[two % folders.length] ?? '';
  const target = folder === '' ? `${name}-${one}` : `${folder}/${name}-${one}`;
  const moved = folders[one % folders.length] ?? '';
  const acts: (() => Promise<{ run: RunId }>)[] = [
    () => createText(granted, `${name}.md`, `created ${one}`, folder),
    () => writeText(granted, 'fs.write', file, `written ${two}`),
    () => writeText(granted, 'fs.append', file, `appended ${two}`),
    () => change(granted, 'fs.move', { moves: [{ from: at(granted, file), to: target }] }),
    () => change(granted, 'fs.move', { moves: [{ from: at(granted, moved === '' ? file : moved), to: target }] }),
    () => change(granted, 'fs.copy', { target: [at(granted, file)], ...at(granted, target) }),
    () => change(granted, 'fs.mkdir', at(granted, target)),
    () => change(granted, 'fs.trash', { target: [at(granted, file)] }),
    () => change(granted, 'fs.trash', { target: [at(granted, moved === '' ? file : moved)] }),
  ];
  try {
    const act = acts[kind % acts.length];
    if (act !== undefined) runs.push((await act()).run);
  } catch (thrown) {
    if (!(thrown instanceof HeadgateError)) throw thrown;
  }
}

/** One change by the person: each writes a word that is nowhere else, and takes no word away. */
function personActs(world: World, { kind, one, name }: Pick): void {
  const { granted, tokens } = world;
  const files = paths(granted, 'file');
  const file = files[one % Math.max(1, files.length)];
  const token = `person-${tokens.length}-${kind}-${one};`;
  const free = join(granted.folder, `${name}-mine-${tokens.length}`);
  if (file === undefined || kind % 4 === 0) writeFileSync(free, token);
  else if (kind % 4 === 1) {
    chmodSync(join(granted.folder, file), 0o644);
    appendFileSync(join(granted.folder, file), token);
  } else if (kind % 4 === 2) {
    // As editors save: a new file in the place of the old.
    writeFileSync(`${free}.new`, Buffer.concat([readFileSync(join(granted.folder, file)), Buffer.from(token)]));
    renameSync(`${free}.new`, join(granted.folder, file));
  } else {
    renameSync(join(granted.folder, file), free);
    appendFileSync(free, token);
  }
  tokens.push(token);
}

async function undoAll({ granted, runs }: World): Promise<string[]> {
  const results: string[] = [];
  for (const run of runs.toReversed()) results.push(...(await undo(granted, run)).map(({ result }) => result));
  return results;
}

function leftovers(granted: Granted): string[] {
  return Object.keys(treeOf(granted.folder)).filter((path) => path.includes('.headgate-'));
}

test('undo of all runs, newest first, gives back the exact tree', async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.array(pick, { minLength: 1, maxLength: 12 }), async (files, picks) => {
      await inWorld(files, async (world) => {
        const before = treeOf(world.granted.folder);
        for (const each of picks) await headgateActs(world, each);
        const results = await undoAll(world);
        expect(treeOf(world.granted.folder)).toEqual(before);
        expect(results.filter((result) => result !== 'undone')).toEqual([]);
        expect(await undoAll(world)).toEqual([]);
      });
    }),
    { numRuns: RUNS },
  );
}, 1_200_000);

test('with the person at work in between, nothing that they wrote is lost', async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.array(fc.tuple(fc.boolean(), pick), { minLength: 2, maxLength: 14 }), async (files, steps) => {
      await inWorld(files, async (world) => {
        for (const [person, each] of steps) {
          if (person) personActs(world, each);
          else await headgateActs(world, each);
        }
        const results = await undoAll(world);
        expect(results).not.toContain('failed');
        expect(leftovers(world.granted)).toEqual([]);
        const all = readAll(world.granted.folder);
        for (const token of world.tokens) expect(all).toContain(token);
      });
    }),
    { numRuns: RUNS },
  );
}, 1_200_000);

test('recovery when nothing crashed changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.array(pick, { minLength: 1, maxLength: 6 }), async (files, picks) => {
      await inWorld(files, async (world) => {
        for (const each of picks) await headgateActs(world, each);
        const { granted } = world;
        const before = treeOf(granted.folder);
        expect(recoverJournal({ journal: granted.context.journal, grants: granted.grants, now: granted.context.now })).toEqual({
          settled: 0,
          open: 0,
        });
        expect(treeOf(granted.folder)).toEqual(before);
      });
    }),
    { numRuns: 10 },
  );
}, 60_000);

function readAll(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}
