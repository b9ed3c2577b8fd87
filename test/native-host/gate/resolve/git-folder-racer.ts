// One of two processes' worth of changes, each in a thread of its own: gives one name in each of many folders, at the same
// moment as the other gives the other.
import { workerData } from 'node:worker_threads';
import { makeFolder, moveFile } from '../../../../native-host/gate/resolve/anchored.ts';
import { openFolder } from '../../../../native-host/gate/resolve.ts';
import { HeadgateError } from '../../../../shared/errors.ts';
import type { Grant } from '../../../../shared/gate/grants.ts';

export interface Race {
  grant: Grant;
  rounds: number;
  /** Counts who is ready, over all rounds. */
  ready: Int32Array;
  gives: 'HEAD' | 'objects';
}

/** For one without the other, which has failed. */
const DEADLINE_MS = 20_000;

/** How much longer at most the way of a file is to where it has its name. */
const LATER_US = 60;

const until = Date.now() + DEADLINE_MS;
const { grant, rounds, ready, gives } = workerData as Race;
for (let round = 0; round < rounds; round += 1) {
  using folder = openFolder(grant, String(round));
  Atomics.add(ready, 0, 1);
  while (Atomics.load(ready, 0) < 2 * (round + 1)) if (Date.now() > until) throw new Error('the other one is not there');
  // The folder has the shorter way: it starts a little later in each round.
  if (gives === 'objects') for (const start = process.hrtime.bigint(); process.hrtime.bigint() - start < (round % LATER_US) * 1_000; );
  try {
    if (gives === 'HEAD') moveFile({ folder, name: 'a.txt' }, { folder, name: 'HEAD' });
    else makeFolder({ folder, name: 'objects' });
  } catch (thrown) {
    if (!(thrown instanceof HeadgateError) || thrown.code !== 'path_refused') throw thrown;
  }
}
