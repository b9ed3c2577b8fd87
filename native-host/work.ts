// What the agent does once it is up: runs, approvals, the link to the cloud, and every method of the port. Loaded right
// after the agent has begun to listen, so that nobody waits for it who only asks how things are.
import { createApprovals, purgeApprovals } from './gate/approvals.ts';
import { purgeLimits } from './gate/day-limits.ts';
import { createLedgerHeads } from './gate/ledger-heads.ts';
import { purgeUnreachable } from './gate/purge.ts';
import { purgeRedactions } from './gate/redactions.ts';
import { createStanding } from './gate/standing.ts';
import { purgeSent } from './gate/sent-texts.ts';
import { type DeviceKeys, loadDeviceKeys } from './link/keys.ts';
import { createSession } from './link/session.ts';
import { createLink, type LinkState } from './link/socket.ts';
import { purgeMcpSent } from './mcp/ledgers.ts';
import type { Internet } from './ops/net/internet.ts';
import { announceRuns } from './port/announce.ts';
import { createFollowers } from './port/follow.ts';
import { createHandlers } from './port/handlers.ts';
import { createAnswer } from './port/methods.ts';
import type { Client } from './port/server.ts';
import type { StatusSources } from './port/status.ts';
import type { RunRecord } from './runs/log.ts';
import { resultOf } from './runs/result.ts';
import { createRuns } from './runs/runs.ts';
import type { AgentLog } from './state/agent-log.ts';
import { purgeHandles } from './state/handles.ts';

const PURGE_EVERY_MS = 3600_000;

export interface WorkServices extends Omit<StatusSources, 'linkState' | 'activeRuns'> {
  home: string;
  log: AgentLog;
  notifyAll: Client['notify'];
  internet: Internet;
  /** Called whenever what `host.status` tells may have changed. */
  onStatus(): void;
  stop(): void;
}

export interface Work {
  answer(client: Client, method: string, params: unknown): Promise<unknown>;
  linkState(): LinkState;
  activeRuns(): number;
  close(): void;
}

/** Joins the parts, finishes what a crash left, and dials out when this device is paired. */
export async function startWork(services: WorkServices): Promise<Work> {
  const { home, store, grants, log, now, notifyAll, onStatus } = services;
  let keys: Promise<DeviceKeys> | null = null;
  const deviceKeys = () => {
    keys ??= loadDeviceKeys(home);
    return keys;
  };
  const session = createSession(store, deviceKeys, now);
  const ledgerHeads = createLedgerHeads(store, home, deviceKeys, log.error);
  const approvals = createApprovals(store, grants, now, (count) => {
    notifyAll('approvals.changed', { count });
    onStatus();
  });
  const standing = createStanding(store, grants, now);
  const announce = announceRuns(store, (summary) => {
    notifyAll('run.changed', summary);
    onStatus();
  });
  const grantName = (id: string): string => grants.list().find((grant) => grant.id === id)?.name ?? 'a folder that is not granted any more';
  const showResult = (record: RunRecord) => resultOf(store, record, grantName, now());
  const followers = createFollowers(showResult, now, log.error);
  const runs = createRuns({
    store,
    grants,
    approvals,
    standing,
    session,
    keys: deviceKeys,
    link: () => link,
    internet: services.internet,
    now,
    onChange(record) {
      followers.onChange(record);
      announce(record);
    },
    logError: log.error,
  });
  const link = createLink({
    session,
    keys: deviceKeys,
    now,
    helloRuns: () => runs.log.open().map(({ id, state }) => ({ run: id, epoch: state.epoch, seq: state.seq })),
    heartbeat: () => ({ ...runs.heartbeat(), ...(ledgerHeads.latest() !== null && { ledgerHead: ledgerHeads.latest() ?? '' }) }),
    onLedgerHead: (signed) => void ledgerHeads.onCloudHead(signed).catch((error: unknown) => log.error(error, 'ledger head')),
    onState(state) {
      log.info('link', { state: state.state, code: state.problem?.code ?? null });
      runs.onLinkState(state);
      onStatus();
    },
    onNotification(name, params) {
      // Each name's handler takes what the same name's schema has parsed.
      if (name === 'run.events') runs.onEvents(params as never);
      else if (name === 'task.assign') runs.onAssign(params as never);
      else if (name === 'task.cancel') runs.onTaskCancel(params as never);
      else if (name === 'run.unknown') runs.onUnknown(params as never);
      else if (name === 'run.request') runs.requests.take(params as never);
    },
    log: (line) => log.info(line),
  });

  const answer = createAnswer(
    createHandlers({
      ...services,
      keys: deviceKeys,
      linkState: link.state,
      activeRuns: runs.active,
      approvals,
      standing,
      session,
      link,
      runs,
      followers,
      resultOf: showResult,
      ledgerHeads,
    }),
  );
  const purgeAll = (): void => {
    approvals.withdrawNarrowed();
    purgeUnreachable(store, grants);
    for (const purge of [purgeApprovals, purgeHandles, purgeSent, purgeRedactions, purgeLimits]) purge(store, now());
    purgeMcpSent(home, now());
  };
  const purge = setInterval(purgeAll, PURGE_EVERY_MS).unref();
  purgeAll();
  await runs.recover();
  if (session.pairing() !== null) link.start();
  return {
    answer,
    linkState: link.state,
    activeRuns: runs.active,
    close() {
      clearInterval(purge);
      ledgerHeads.close();
      link.stop();
      runs.close();
    },
  };
}
