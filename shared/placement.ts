// Where a step runs, with its reasons. Hard limits first (what the op can, `where`, label, what is reachable), then what
// the plan would rather, then the cheaper side by estimate. Pure; the numbers come from moving averages of what was measured.
import type { ErrorCode } from './errors.ts';
import type { Label } from './gate/labels.ts';
import { strictest } from './gate/labels.ts';
import { OPS, type OpName } from './ops/catalogue.ts';
import type { Where } from './run/plan.ts';

export interface World {
  cloud: {
    connected: boolean;
    /** Models for text ops, best first; empty: the cloud cannot infer. */
    models: readonly string[];
    roundTripMs: number;
    bytesPerMs: number;
    queueMs: number;
    /** Measured work speed for an op in bytes per millisecond, once known. */
    speed: Readonly<Partial<Record<OpName, number>>>;
  };
  device: {
    onBattery: boolean;
    /** 1-minute load average divided by cores. */
    load: number;
    queueMs: number;
    speed: Readonly<Partial<Record<OpName, number>>>;
  };
}

/** What is assumed before anything was measured. */
export const UNKNOWN_WORLD: World = {
  cloud: { connected: false, models: [], roundTripMs: 50, bytesPerMs: 1_000, queueMs: 0, speed: {} },
  device: { onBattery: false, load: 0, queueMs: 0, speed: {} },
};

export interface PlacementQuestion {
  op: OpName;
  /** The request's limit and the step's own. */
  runWhere: Where;
  stepWhere: Where | undefined;
  prefer: 'home' | 'cloud' | undefined;
  barred: 'cloud' | null;
  inputs: readonly { label: Label; size: number }[];
}

export type Placement =
  | { where: 'home' | 'cloud'; reasons: string[]; estimateMs: { home: number; cloud: number } | null }
  /** `code` says what stands in the way. */
  | { where: null; code: ErrorCode; reasons: string[] };

export function place(question: PlacementQuestion, world: World): Placement {
  const { op, runWhere, stepWhere, prefer, barred, inputs } = question;
  const row = OPS[op];
  const limits = [runWhere, stepWhere ?? 'auto'];
  const label = strictest(inputs.map((input) => input.label));

  if (row.runs === 'home') {
    if (stepWhere === 'cloud') return nowhere('unavailable', `${op} can only run at home, and this step asks for the cloud`);
    return atHome(row.right === null ? `${op} is part of the work on your device` : `${op} works on your files, so it runs on your device`);
  }
  const wantsHome = limits.includes('home');
  const wantsCloud = limits.includes('cloud');
  if (wantsHome && wantsCloud) return nowhere('unavailable', 'the request says home and the step says cloud');
  if (wantsHome) return atHome('the request says: at home only');
  if (label === 'home')
    return wantsCloud
      ? nowhere('label_refused', 'label home: this never leaves, and the request says cloud')
      : atHome('label home: the text never leaves your device');
  if (!world.cloud.connected || world.cloud.models.length === 0) {
    const why = world.cloud.connected ? 'the cloud offers no model' : 'the cloud is away';
    return wantsCloud
      ? nowhere(world.cloud.connected ? 'unavailable' : 'cloud_away', `${why}, and the request says cloud`)
      : atHome(`${why}, so our own engine works at home`);
  }
  if (barred === 'cloud')
    return wantsCloud
      ? nowhere('unavailable', 'the cloud let this step down, and the request says cloud')
      : atHome('the cloud let this step down');
  if (wantsCloud) return inCloud('the request says: in the cloud');
  if (prefer === 'cloud')
    return inCloud(`the plan would rather have the cloud's model ${world.cloud.models[0]} for this`, labelReason(label));
  if (prefer === 'home') return atHome('the plan would rather have this at home');
  if (label === 'ask') return atHome('label ask: nothing here is worth a question to you, so it stays at home');
  return cheaper(
    op,
    inputs.reduce((sum, input) => sum + input.size, 0),
    world,
  );
}

function labelReason(label: Label): string {
  return label === 'open' ? 'label open: the text may leave' : 'label ask: it leaves only when you say yes';
}

function nowhere(code: ErrorCode, reason: string): Placement {
  return { where: null, code, reasons: [reason] };
}

function atHome(...reasons: string[]): Placement {
  return { where: 'home', reasons, estimateMs: null };
}

function inCloud(...reasons: string[]): Placement {
  return { where: 'cloud', reasons, estimateMs: null };
}

function cheaper(op: OpName, bytes: number, world: World): Placement {
  const row = OPS[op];
  const slowdown = (world.device.onBattery ? 2 : 1) * Math.max(1, world.device.load);
  const home = (bytes / (world.device.speed[op] ?? row.homeBytesPerMs)) * slowdown + world.device.queueMs;
  const cloud =
    bytes / world.cloud.bytesPerMs + world.cloud.roundTripMs + bytes / (world.cloud.speed[op] ?? row.cloudBytesPerMs) + world.cloud.queueMs;
  const estimateMs = { home: round(home), cloud: round(cloud) };
  const compare = `estimated ${estimateMs.home} ms at home, ${estimateMs.cloud} ms in the cloud`;
  return cloud < home
    ? { where: 'cloud', reasons: [compare, 'label open: the text may leave'], estimateMs }
    : { where: 'home', reasons: [compare], estimateMs };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
