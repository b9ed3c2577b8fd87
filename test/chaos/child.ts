// The process that dies: does one scenario, or recovers, or undoes, on the folder that it is given, and says on stdout what
// came of it. `do` and `undo` are run with HEADGATE_FAULT; `mend` is the fresh process afterwards.
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
import { openSite } from './site.ts';
import { treesOf } from './trees.ts';

async function main(): Promise<void> {
  const [, , base = '', what = '', name = ''] = process.argv;
  const run = `r_${'7'.repeat(32)}` as RunId;
  const store = openStore(join(base, 'home'));
  const grants = createGrantsFile(join(base, 'home'));
  const journal = createJournal(store, Date.now);
  const hands = { journal, grants, now: Date.now };
  const site = await openSite();
  const handles = createHandleStore(store, { run, device: null }, Date.now);
  const context = (step: number): OpContext => ({
    run,
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
  const undo = async () => (await undoChanges(hands, run)).map(({ result }) => result);

  if (what === 'do') for (const [index, act] of acts.entries()) await performOp(act.op, act.args(grant, text, more), context(index));
  if (what === 'undo') await undo();
  if (what === 'mend') {
    const recovered = recoverJournal(hands);
    purgeJournal(store, journal.preImages, Date.now());
    const afterRecovery = treesOf(base);
    const steps: string[] = [];
    for (const index of acts.keys()) {
      const settled = await settleStep(null, context(index));
      steps.push(settled === 'nothing' ? 'nothing' : 'done');
    }
    const settled = treesOf(base);
    const trashAfter = treeOf(join(base, 'share'), { times: false });
    const again = recoverJournal(hands);
    const undone = await undo();
    const twice = await undo();
    process.stdout.write(
      JSON.stringify({
        recovered,
        afterRecovery,
        steps,
        settled,
        trashAfter,
        again,
        undone,
        twice,
        end: treesOf(base),
        unsettled: journal.intended().length,
      }),
    );
  }
  store.close();
  await site.close();
}

void main();
