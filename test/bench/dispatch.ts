// Dispatch: from handing a run to the cloud until its first task is in the device's hands, over the real link to the real
// cloud process. The way there is counted in, so the figure is above what the cloud itself takes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { startCloud } from '../../native-host/checkout/cloud-process.ts';
import { loadDeviceKeys } from '../../native-host/link/keys.ts';
import { createSession } from '../../native-host/link/session.ts';
import { createLink } from '../../native-host/link/socket.ts';
import { wordlessReport } from '../../native-host/link/wordless.ts';
import { openStore } from '../../native-host/state/database.ts';
import { makeId, type RunId } from '../../shared/ids.ts';
import { deviceInfo } from '../../shared/recipes/device.ts';
import type { RunSpec } from '../../shared/run/plan.ts';
import { type Figures, figuresOf } from './statistics.ts';

const DEADLINE_MS = 20_000;

export async function measureDispatch(rounds: number): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-dispatch-'));
  const cloud = await startCloud({ data: join(folder, 'cloud'), port: 0, say: () => {} });
  const home = join(folder, 'host');
  const store = openStore(home);
  const keys = loadDeviceKeys(home);
  const session = createSession(store, () => keys, Date.now);
  const assigned = new Map<RunId, () => void>();
  const connected = Promise.withResolvers<void>();
  const link = createLink({
    session,
    keys: () => keys,
    now: Date.now,
    helloRuns: () => [],
    heartbeat: () => ({ load: 0, onBattery: false, queueMs: 0, speed: {} }),
    onState: ({ state }) => state === 'connected' && connected.resolve(),
    onNotification: (name, params) => {
      if (name === 'task.assign') assigned.get((params as { run: RunId }).run)?.();
    },
    log: () => {},
  });
  const times: number[] = [];
  try {
    const pairing = await session.pair(cloud.url, cloud.code ?? '');
    link.start();
    await within(connected.promise, 'the link is not connected');
    const sealed = (await keys).seal('{}');
    for (let round = -20; round < rounds; round++) {
      const run = makeId('r', randomBytes);
      const now = Date.now();
      const spec: RunSpec = {
        id: run,
        device: pairing.device,
        recipe: deviceInfo.name,
        where: 'auto',
        driver: 'cloud',
        createdAt: now,
        expiresAt: now + 60_000,
        steps: deviceInfo.plan({}),
        inputs: {},
        grants: [],
      };
      const startedAt = performance.now();
      const arrival = new Promise<void>((resolve) => assigned.set(run, resolve));
      const accepted = link.ask('run.submit', { spec, sealed });
      await within(arrival, 'no task was assigned');
      const ms = performance.now() - startedAt;
      await accepted;
      const step = spec.steps[0]?.id;
      if (step !== undefined)
        await link.ask('task.report', {
          run,
          step,
          attempt: 1,
          report: wordlessReport(
            { type: 'succeeded', outcome: { outputs: [], where: 'home', ms: 0 } },
            ({ handle, kind, size, label }) => ({ handle, kind, size, label }),
          ),
        });
      if (round >= 0) times.push(ms);
    }
  } finally {
    link.stop();
    await cloud.stop();
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return figuresOf(times);
}

async function within(promise: Promise<void>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(what)), DEADLINE_MS);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
