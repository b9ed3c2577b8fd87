import { expect, test } from 'vitest';
import { judge } from '../../../native-host/checkout/once.ts';
import type { Receipt } from '../../../shared/gate/release.ts';
import { RunId, StepId } from '../../../shared/ids.ts';
import type { RunView, StepView } from '../../../shared/run/view.ts';

const RECEIPT = `x_${'1'.repeat(32)}`;
// Only the id of a receipt is looked at.
const ledger = [{ id: RECEIPT }] as Receipt[];

function step(more: Partial<StepView> = {}): StepView {
  return { step: StepId.parse('a'), op: 'text.keywords', where: 'home', why: [], status: 'succeeded', ...more };
}

function done(status: RunView['status'], ...steps: StepView[]) {
  const view: RunView = {
    run: RunId.parse(`r_${'2'.repeat(32)}`),
    recipe: 'folder.digest',
    status,
    createdAt: 1,
    endedAt: 2,
    epoch: 1,
    done: 1,
    total: 1,
    steps,
  };
  return { view, files: [] };
}

const inCloud = step({ where: 'cloud', receipt: RECEIPT });

test('two runs that succeeded, with a step in the cloud and its receipt, are a success', () => {
  expect(judge({ done: [done('succeeded', step()), done('succeeded', step(), inCloud)], ledger })).toBeNull();
});

test('a run that failed, or is missing, is none', () => {
  expect(judge({ done: [done('succeeded'), done('failed', inCloud)], ledger })?.message).toBe('folder.digest failed: see its steps');
  expect(judge({ done: [done('succeeded', inCloud)], ledger })?.message).toBe('Not all of the main job was done.');
});

test('work at home alone is none, nor is work in the cloud without a receipt in the ledger', () => {
  expect(judge({ done: [done('succeeded', step()), done('succeeded', step())], ledger })?.message).toBe('No step ran in the cloud.');
  const failedThere = step({ where: 'cloud', status: 'failed', receipt: RECEIPT });
  expect(judge({ done: [done('succeeded', step()), done('succeeded', failedThere)], ledger })?.message).toBe('No step ran in the cloud.');
  expect(judge({ done: [done('succeeded', step()), done('succeeded', inCloud)], ledger: [] })?.message).toBe(
    'What ran in the cloud has no receipt in the ledger.',
  );
});
