// Things as the host tells them, for tests: each with a sensible default for what a test does not care about.
import type { CommandView } from '../../../shared/gate/commands.ts';
import type { GrantView } from '../../../shared/gate/grants.ts';
import type { Receipt } from '../../../shared/gate/release.ts';
import type { ApprovalId, GrantId, HandleId, ReceiptId, RunId, StepId, WarrantId } from '../../../shared/ids.ts';
import type { ApprovalView, HostStatus, StandingView } from '../../../shared/protocol/native.ts';
import type { ScreenRun, Snapshot } from '../../../extension/screen-protocol.ts';

export const id = <Id extends string>(prefix: string, number: number) => `${prefix}_${String(number).padStart(32, '0')}` as Id;
export const runId = (number: number) => id<RunId>('r', number);
export const grantId = (number: number) => id<GrantId>('g', number);
export const handleId = (number: number) => id<HandleId>('h', number);

export function grant(change: Partial<GrantView> = {}): GrantView {
  return {
    id: grantId(1),
    name: 'Documents',
    display: '~/Documents',
    rights: ['read', 'write'],
    label: 'ask',
    include: [],
    exclude: [],
    names: 'shown',
    state: 'ready',
    ...change,
  };
}

export function command(change: Partial<CommandView> = {}): CommandView {
  return {
    id: grantId(9),
    name: 'pandoc',
    display: '/usr/bin/pandoc',
    usage: '--to=<to:html|docx> <in:read>',
    places: [],
    folder: '~/Letters',
    write: false,
    network: 'none',
    isolation: 'wanted',
    interpreter: false,
    pinned: false,
    label: 'home',
    limits: { seconds: 60, outputBytes: 1_000_000, memoryMegabytes: 1024, processes: 128 },
    state: 'ready',
    ...change,
  };
}

export function run(change: Partial<ScreenRun> = {}): ScreenRun {
  return {
    run: runId(1),
    recipe: 'page.save',
    title: 'Save page: A gate',
    status: 'succeeded',
    createdAt: 1_000,
    endedAt: 2_000,
    epoch: 1,
    done: 4,
    total: 4,
    files: [],
    ...change,
  };
}

export function approval(change: Partial<ApprovalView> = {}): ApprovalView {
  return {
    id: id<ApprovalId>('a', 1),
    kind: 'release',
    run: runId(1),
    step: 'summary' as StepId,
    title: 'Summarise text',
    destination: 'cloud',
    model: 'headgate-extractive',
    bytes: 0,
    items: [],
    more: 0,
    expiresAt: Date.now() + 5 * 60_000,
    ...change,
  };
}

export function warrant(change: Partial<StandingView> = {}): StandingView {
  return {
    id: id<WarrantId>('w', 1),
    recipe: 'folder.digest',
    ops: ['fs.list', 'doc.text', 'fs.create'],
    grants: [grantId(1)],
    egressBytes: 0,
    changes: 1,
    runsPerDay: 24,
    createdAt: 1_000,
    expiresAt: 90 * 24 * 3600_000,
    runsToday: 0,
    ...change,
  };
}

let receipts = 0;
export function receipt(change: Partial<Receipt> = {}): Receipt {
  receipts += 1;
  return {
    id: id<ReceiptId>('x', receipts),
    at: Date.now(),
    run: runId(1),
    step: 'summary' as StepId,
    destination: 'cloud',
    purpose: 'text.summarize',
    model: 'headgate-extractive',
    label: 'open',
    approvedBy: 'label',
    handles: [],
    bytes: 1_000,
    hash: '',
    previous: '',
    ...change,
  };
}

export function status(cloud: HostStatus['cloud']['state'] = 'connected', change: Partial<HostStatus> = {}): HostStatus {
  return {
    host: { version: '0.1.0', pid: 7, startedAt: 0 },
    device: { id: null, name: 'laptop' },
    cloud: { state: cloud, url: 'http://127.0.0.1:7420', since: 0, models: [] },
    grants: { count: 1 },
    runs: { active: 0 },
    approvals: 0,
    ...change,
  };
}

export function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    host: { state: 'ready' },
    status: status(),
    runs: [],
    grants: [grant()],
    commands: [],
    approvals: [],
    warrants: [],
    problem: null,
    saving: false,
    ...change,
  };
}
