// A run's result for the screen: the only way from handles to the person's eyes. Names, excerpts and facts under the
// screen's caps, through the gate's release.
import { basename, dirname } from 'node:path/posix';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import { SCREEN_CAPS } from '../../shared/gate/release.ts';
import type { HandleMeta } from '../../shared/handles.ts';
import type { StepId } from '../../shared/ids.ts';
import type { RunResult } from '../../shared/protocol/native.ts';
import { limitShown } from '../gate/day-limits.ts';
import { release } from '../gate/release.ts';
import { FactsContent, HitsContent } from '../ops/content.ts';
import type { StoredHandle } from '../state/stored-handle.ts';
import type { Store } from '../state/database.ts';
import { readHandle } from '../state/handles.ts';
import { type RunRecord, scopeOf } from './log.ts';
import { summarizeRun } from './summary.ts';

const NOTHING: RunResult = { kind: 'none' };
/** So large that the most of a day is shown. */
const COUNTS_AS_BYTES = 1_000_000_000;

/** What a run found or made, as far as it has come. */
export function resultOf(store: Store, record: RunRecord, grantName: (id: string) => string, now: number): RunResult {
  const outputs = record.state.steps.flatMap((step) =>
    (step.outcome?.outputs ?? []).filter((meta) => isOwn(store, record, meta)).map((meta) => ({ step: step.id, meta })),
  );
  const hits = outputs.filter(({ meta }) => meta.kind === 'hits');
  if (hits.length > 0)
    return showHits(
      store,
      record,
      hits.map(({ step, meta }) => ({ step, handle: readHandle(store, scopeOf(record), meta.handle, now) })),
      grantName,
      now,
    );
  const info = outputs.find(({ meta }) => meta.kind === 'info');
  if (info !== undefined) {
    const { facts, said } = factsIn(store, record, info.meta, now);
    return { kind: 'facts', facts, ...(said !== undefined && showSaid(store, record, info.step, said, now)) };
  }
  const { files } = summarizeRun(store, record);
  if (files.length === 0) return NOTHING;
  return {
    kind: 'files',
    files: files.flatMap((file) => {
      const { file: reference } = readHandle(store, scopeOf(record), file.handle, now);
      return reference === null ? [] : [{ ...file, grant: reference.grant, folder: folderOf(grantName(reference.grant), reference.path) }];
    }),
  };
}

/** All that a command said in this run; `null` when it ran none, or that is no longer kept. */
export function outputOf(store: Store, record: RunRecord, now: number): { code: number; stdout: string; stderr: string } | null {
  const infos = record.state.steps.flatMap((step) => step.outcome?.outputs ?? []).filter((meta) => meta.kind === 'info');
  for (const meta of infos.filter((each) => isOwn(store, record, each))) {
    const { said } = factsIn(store, record, meta, now);
    if (said === undefined) continue;
    const [stdout = '', stderr = ''] = said.handles.map((handle) => readHandle(store, scopeOf(record), handle, now).text ?? '');
    return { code: said.code, stdout, stderr };
  }
  return null;
}

function factsIn(store: Store, record: RunRecord, { handle }: HandleMeta, now: number): FactsContent {
  return FactsContent.parse(JSON.parse(readHandle(store, scopeOf(record), handle, now).text ?? '{}'));
}

/** The last lines of what a command said. A command counts as one file: what it says in a day cannot add up to all that it read. */
function showSaid(
  store: Store,
  record: RunRecord,
  step: StepId,
  { command, handles }: NonNullable<FactsContent['said']>,
  now: number,
): Pick<Extract<RunResult, { kind: 'facts' }>, 'lines' | 'cut'> {
  const stored = handles.map((handle) => readHandle(store, scopeOf(record), handle, now));
  const all = stored.flatMap(({ text }, index) =>
    (text ?? '')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => ({ from: index === 0 ? ('stdout' as const) : ('stderr' as const), excerpt: line.slice(0, SCREEN_CAPS.excerptChars) })),
  );
  const last = all.slice(-SCREEN_CAPS.lines);
  const of = { grant: command, path: '', size: COUNTS_AS_BYTES, mtimeMs: 0, dev: 0, ino: 0 };
  const texts = limitShown(
    store,
    last.map(({ excerpt }) => ({ of, line: 1, excerpt })),
    now,
  );
  const shown = { run: record.id, step, destination: 'screen', purpose: 'show what a command said', model: null } as const;
  const outcome = release(store, { ...shown, handles: stored, labelsNow: [], texts, approved: true }, now);
  if (outcome.effect !== 'send') return {};
  return {
    lines: last.map(({ from }, index) => ({
      from,
      excerpt: escapeForDisplay((outcome.texts[index] ?? '').replaceAll('\t', '    ')).slice(0, SCREEN_CAPS.excerptChars),
    })),
    cut: all.length - last.length,
  };
}

/** A run shows what it made itself; a copied log may name any handle. */
function isOwn(store: Store, record: RunRecord, meta: HandleMeta): boolean {
  return store.get('SELECT 1 FROM handles WHERE id = ? AND run = ?', meta.handle, record.id) !== undefined;
}

function showHits(
  store: Store,
  record: RunRecord,
  found: readonly { step: StepId; handle: StoredHandle }[],
  grantName: (id: string) => string,
  now: number,
): RunResult {
  const contents = found.map(({ handle }) => HitsContent.parse(JSON.parse(handle.text ?? '{}')));
  const hits = contents.flatMap((content) => content.hits).slice(0, SCREEN_CAPS.hits);
  const [first] = found;
  if (first === undefined) return NOTHING;
  const outcome = release(
    store,
    {
      run: record.id,
      step: first.step,
      destination: 'screen',
      purpose: 'show hits',
      model: null,
      handles: found.map(({ handle }) => handle),
      labelsNow: [],
      texts: limitShown(
        store,
        hits.map(({ handle, line, excerpt }) => ({ of: handle, line, excerpt })),
        now,
      ),
      approved: true,
    },
    now,
  );
  if (outcome.effect !== 'send') return NOTHING;
  return {
    kind: 'hits',
    total: contents.reduce((sum, content) => sum + content.total, 0),
    hits: hits.map((hit, index) => ({
      handle: hit.handle,
      name: escapeForDisplay(basename(hit.path)).slice(0, 300),
      folder: folderOf(grantName(hit.grant), hit.path),
      grant: hit.grant,
      line: hit.line,
      excerpt: escapeForDisplay((outcome.texts[index] ?? '').replace(/\s+/gu, ' ')).slice(0, SCREEN_CAPS.excerptChars),
    })),
  };
}

function folderOf(grant: string, path: string): string {
  const folder = dirname(path);
  return escapeForDisplay(folder === '.' ? grant : `${grant}/${folder}`).slice(0, 600);
}
