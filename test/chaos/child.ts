// The process that dies: does one scenario, or undoes it, on each folder that it is given, with HEADGATE_FAULT. `mend` is the
// fresh process afterwards: it recovers each, undoes what was done there, and says on stdout, a line for each, what came of it.
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { createGrantsFile } from '../../native-host/gate/grants-file.ts';
import { createJournal } from '../../native-host/journal/journal.ts';
import { recoverJournal } from '../../native-host/journal/recover.ts';
import { purgeJournal } from '../../native-host/journal/retention.ts';
import { settleStep } from '../../native-host/journal/step.ts';
import { undoChanges } from '../../native-host/journal/undo.ts';
import type { OpContext } from '../../native-host/ops/op.ts';
import { performOp } from '../native-host/support/perform-op.ts';
import { openStore } from '../../native-host/state/database.ts';
import { createHandleStore } from '../../native-host/state/handles.ts';
import { type GrantId, type RunId, makeId, type StepId } from '../../shared/ids.ts';
import { treeOf } from '../native-host/support/changing.ts';
import { SCENARIOS } from './scenarios.ts';
import { openSite, type Site } from './site.ts';
import { treesOf } from './trees.ts';

export type What = 'do' | 'undo' | 'mend';
type Tree = Record<string, string>;

/** What a fresh process finds and does in a folder where another died. */
export interface Mended {
  recovered: ReturnType<typeof recoverJournal>;
  steps: ('nothing' | 'done')[];
  /** The files, and the trash, when all that was begun is settled. */
  settled: Tree;
  trash: Tree;
  again: ReturnType<typeof recoverJournal>;
  undone: string[];
  twice: string[];
  end: Tree;
  unsettled: number;
}

const RUN = `r_${'7'.repeat(32)}` as RunId;

async function main(): Promise<void> {
  const [, , what, name = '', ...bases] = process.argv;
  const site = await openSite();
  for (const base of bases) await work(base, what as What, name, site);
  await site.close();
}

async function work(base: string, what: What, name: string, site: Site): Promise<void> {
  process.env.XDG_DATA_HOME = join(base, 'share');
  const store = openStore(join(base, 'home'));
  const grants = createGrantsFile(join(base, 'home'));
  const journal = createJournal(store, Date.now);
  const hands = { journal, grants, now: Date.now };
  const handles = createHandleStore(store, { run: RUN, device: null }, Date.now);
  const context = (step: number): OpContext => ({
    run: RUN,
    step: `act-${step}` as StepId,
    signal: new AbortController().signal,
    now: Date.now,
    progress: () => {},
    grants,
    handles,
    journal,
    internet: site.internet,
    readDocument: async () => null,
    maxChanges: 1000,
    intend: () => {},
  });

  /** `write#1`: only the first step. */
  const [title, upTo] = name.split('#');
  const acts = (SCENARIOS.find((scenario) => scenario.name === title)?.acts ?? []).slice(0, upTo === undefined ? undefined : Number(upTo));
  const idOf = (name: string): GrantId => grants.list().find((each) => each.name === name)?.id ?? makeId('g', randomBytes);
  const grant = idOf('Documents');
  const more = { url: site.url, inbox: idOf('Inbox') };
  const text = (content: string) => handles.putText('text', content, 'open').handle;
  const undo = async () => (await undoChanges(hands, RUN)).map(({ result }) => result);

  if (what === 'do') for (const [index, act] of acts.entries()) await performOp(act.op, act.args(grant, text, more), context(index));
  if (what === 'undo') await undo();
  if (what === 'mend') {
    const recovered = recoverJournal(hands);
    purgeJournal(store, journal.preImages, Date.now());
    const steps: Mended['steps'] = [];
    for (const index of acts.keys()) steps.push((await settleStep(null, context(index))) === 'nothing' ? 'nothing' : 'done');
    const mended: Mended = {
      recovered,
      steps,
      settled: treesOf(base),
      trash: treeOf(join(base, 'share'), { times: false }),
      again: recoverJournal(hands),
      undone: await undo(),
      twice: await undo(),
      end: treesOf(base),
      unsettled: journal.intended().length,
    };
    process.stdout.write(`${JSON.stringify(mended)}\n`);
  }
  store.close();
}

void main();
