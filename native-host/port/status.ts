// The host's state in one object: what the popup shows at a glance and every client gets when it changes. Made from the
// store and the link's state alone, so that it can be told before the rest of the agent is loaded.
import { toErrorData } from '../../shared/errors.ts';
import type { HostStatus, Problem } from '../../shared/protocol/native.ts';
import { terminalCall } from '../config.ts';
import type { GrantsFile } from '../gate/grants-file.ts';
import type { LinkState } from '../link/socket.ts';
import type { Store } from '../state/database.ts';
import { deviceName } from '../state/device-name.ts';
import { readFact } from '../state/meta.ts';
import { VERSION } from '../version.ts';

export interface StatusSources {
  store: Store;
  grants: GrantsFile;
  linkState(): LinkState;
  activeRuns(): number;
  startedAt: number;
  now(): number;
}

export function statusOf(sources: StatusSources): HostStatus {
  const { store } = sources;
  const { state, url, since, models, problem } = sources.linkState();
  const pairing = readFact(store, 'pairing');
  return {
    host: { version: VERSION, pid: process.pid, startedAt: sources.startedAt, call: terminalCall(store.home) },
    device: { id: pairing?.device ?? null, name: deviceName() },
    cloud: {
      state: pairing === null ? 'unpaired' : state,
      url: pairing?.cloud ?? url,
      since,
      models,
      ...(problem === undefined ? {} : { problem }),
    },
    grants: grantsState(sources.grants),
    runs: { active: sources.activeRuns() },
    approvals: openApprovals(store, sources.now()),
    warrants: store.get<{ count: number }>('SELECT count(*) AS count FROM standing_warrants WHERE ended_at IS NULL')?.count ?? 0,
  };
}

function grantsState(grants: GrantsFile): HostStatus['grants'] {
  try {
    const changedAt = grants.changedAt();
    return { count: grants.list().length, ...(changedAt !== null && { changedAt }) };
  } catch (error) {
    const { code, message, next } = toErrorData(error);
    const problem: Problem = { code, message, ...(next === undefined ? {} : { next }) };
    return { count: 0, problem };
  }
}

function openApprovals(store: Store, now: number): number {
  return store.get<{ count: number }>('SELECT count(*) AS count FROM approvals WHERE answer IS NULL AND expires_at > ?', now)?.count ?? 0;
}
