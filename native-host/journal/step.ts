// The changes of one step. All of them happen, or none: a step that fails on the way takes back what it did, and so does
// one that a crash cut off. Only a step that the person cancels, or that runs out of time, leaves what it did, because undo
// is one click away.
import { HeadgateError } from '../../shared/errors.ts';
import type { GrantId } from '../../shared/ids.ts';
import { strictest } from '../../shared/gate/labels.ts';
import { type OpenFolder, openRoot, referenceTo, statFileIn } from '../gate/resolve.ts';
import { labelOfFile, stopIfCancelled } from '../ops/access.ts';
import type { FactsContent } from '../ops/content.ts';
import type { OpContext, OpResult, Settle } from '../ops/op.ts';
import type { FileReference } from '../state/stored-handle.ts';
import type { Label } from '../../shared/gate/labels.ts';
import { type Change, placeAfter } from './change.ts';
import { batches, type Hands, performBatch, type Prepared } from './perform.ts';
import { undoChanges } from './undo.ts';
import { wordsOf } from './words.ts';

/** Handles that a step gives at most; a step of more changes says how many there were. */
const MAX_OUTPUTS = 1_000;
const FACTS_SHOWN = 39;
const FACT_CHARS = 200;

export function handsOf(context: OpContext): Hands {
  return { journal: context.journal, grants: context.grants, now: context.now };
}

/** Does all changes of a step and gives handles on the files that came of them. Throws what the first that fails throws. */
export async function carryOut(context: OpContext, entries: readonly Prepared[]): Promise<OpResult> {
  const hands: Hands = { ...handsOf(context), stopIfOver: () => stopIfCancelled(context) };
  const scope = { run: context.run, step: context.step, total: entries.length, maxChanges: context.maxChanges };
  const outputs: OpResult['outputs'] = [];
  const standing = new Set<number>();
  let done = 0;
  for (const batch of batches(entries)) {
    stopIfCancelled(context);
    const { performed, result } = await performBatch(hands, scope, batch, false, (changes) =>
      // Whatever became of the folder meanwhile: what was done is done, and noted.
      handlesFor(context, changes, MAX_OUTPUTS - outputs.length, (id) => ifGiven(() => openRoot(context.grants.grant(id)))),
    );
    outputs.push(...(result ?? []));
    const failed = performed.find(({ error }) => error !== null);
    for (const { n, change } of performed) if (change !== null) standing.add(n);
    if (failed !== undefined) {
      if (!context.signal.aborted) await takeBack(context, standing);
      throw failed.error;
    }
    done += batch.length;
    context.progress(done, entries.length);
    if (done < entries.length) await new Promise((resolve) => setImmediate(resolve));
  }
  return outputs.length === MAX_OUTPUTS && done > MAX_OUTPUTS
    ? { outputs, note: `${done} changes; the first ${outputs.length} are shown` }
    : { outputs };
}

/** Says what a step would change, as facts for the screen. */
export function preview(context: OpContext, changes: readonly Change[]): OpResult {
  if (context.foreseen !== undefined) {
    context.foreseen(changes);
    return { outputs: [] };
  }
  const facts: FactsContent['facts'] = changes
    .slice(0, FACTS_SHOWN)
    .map((change, index) => ({ label: `${index + 1}`, value: wordsOf(change).slice(0, FACT_CHARS) }));
  if (changes.length > FACTS_SHOWN) facts.push({ label: '…', value: `and ${changes.length - FACTS_SHOWN} more` });
  const labels = new Set(changes.map(({ grant }) => grant));
  const label: Label = strictest([...labels].map((grant) => context.grants.grant(grant).label));
  const text = JSON.stringify({ facts } satisfies FactsContent);
  return {
    outputs: [context.handles.putText('info', text, label)],
    note: `would make ${changes.length} ${changes.length === 1 ? 'change' : 'changes'}; nothing was changed`,
  };
}

/** After a crash: a step whose changes all happened is finished; of any other, what happened is taken back. */
export const settleStep: Settle = async (_intent, context) => {
  const rows = context.journal.ofStep(context.run, context.step).filter((row) => row.undoes === null);
  if (rows.some((row) => row.state === 'intended')) throw new HeadgateError('busy', 'The step’s changes are not settled yet.');
  const standing = rows.filter((row) => row.state === 'done');
  if (standing.length === 0) return 'nothing';
  if (standing.length === standing[0]?.total)
    return {
      outputs: handlesFor(
        context,
        standing.map((row) => row.change),
        MAX_OUTPUTS,
        (id) => openRoot(context.grants.grant(id)),
      ),
    };
  await takeBack(context, new Set(standing.map(({ n }) => n)));
  if (hasChanged(context)) throw new HeadgateError('conflict', 'A part of what the step did could not be taken back.');
  return 'nothing';
};

/** Whether anything of the step stands. */
export function hasChanged(context: Pick<OpContext, 'journal' | 'run' | 'step'>): boolean {
  return context.journal
    .ofStep(context.run, context.step)
    .some((row) => row.undoes === null && (row.state === 'done' || row.state === 'intended'));
}

async function takeBack(context: OpContext, only: ReadonlySet<number>): Promise<void> {
  if (only.size === 0) return;
  const items = await undoChanges(handsOf(context), context.run, { only });
  context.journal.refund(context.run, items.filter(({ result }) => result === 'undone').length);
}

function handlesFor(
  context: OpContext,
  changes: readonly Change[],
  max: number,
  openRootOf: (grant: GrantId) => OpenFolder | null,
): OpResult['outputs'] {
  const roots = new Map<string, OpenFolder | null>();
  const files: { file: FileReference; label: Label }[] = [];
  try {
    for (const change of changes) {
      const place = placeAfter(change);
      if (files.length >= max || place === null || change.kind === 'mkdir' || ('folder' in change && change.folder)) continue;
      const known = roots.get(place.grant);
      const root = known === undefined ? openRootOf(place.grant) : known;
      roots.set(place.grant, root);
      if (root === null) continue;
      const found = ifGiven(() => {
        const file = { grant: root.grant, path: place.path, facts: statFileIn(root, place.path) };
        return { file: referenceTo(file), label: labelOfFile(context, file) };
      });
      if (found !== null) files.push(found);
    }
  } finally {
    for (const root of roots.values()) root?.[Symbol.dispose]();
  }
  return context.handles.putFiles(files);
}

/** `null`: someone took the file away already, or the person the grant; that is no failure of ours. */
function ifGiven<Found>(find: () => Found): Found | null {
  try {
    return find();
  } catch (thrown) {
    if (thrown instanceof HeadgateError) return null;
    throw thrown;
  }
}
