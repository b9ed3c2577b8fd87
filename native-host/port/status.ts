// The host's state in one object: what the popup shows at a glance and every client gets when it changes.
import { toErrorData } from '../../shared/errors.ts';
import type { HostStatus, Problem } from '../../shared/protocol/native.ts';
import type { Approvals } from '../gate/approvals.ts';
import type { GrantsFile } from '../gate/grants-file.ts';
import { deviceName, type Session } from '../link/session.ts';
import type { Link } from '../link/socket.ts';
import type { Runs } from '../runs/runs.ts';
import { VERSION } from '../version.ts';

export interface StatusSources {
  grants: GrantsFile;
  approvals: Approvals;
  session: Session;
  link: Link;
  runs: Runs;
  startedAt: number;
}

export function statusOf(sources: StatusSources): HostStatus {
  const { state, url, since, models, problem } = sources.link.state();
  const pairing = sources.session.pairing();
  return {
    host: { version: VERSION, pid: process.pid, startedAt: sources.startedAt },
    device: { id: pairing?.device ?? null, name: deviceName() },
    cloud: { state: pairing === null ? 'unpaired' : state, url: pairing?.cloud ?? url, since, models, ...(problem === undefined ? {} : { problem }) },
    grants: grantsState(sources.grants),
    runs: { active: sources.runs.active() },
    approvals: sources.approvals.list().length,
  };
}

function grantsState(grants: GrantsFile): HostStatus['grants'] {
  try {
    return { count: grants.list().length };
  } catch (error) {
    const { code, message, next } = toErrorData(error);
    const problem: Problem = { code, message, ...(next === undefined ? {} : { next }) };
    return { count: 0, problem };
  }
}
