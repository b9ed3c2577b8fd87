// The catalogue: one row an op. Where it can run, which right it needs on a grant, whether it changes anything, and what
// it costs. The doing is in native-host/ops/<family>/<verb>.ts; portable ops also run in the cloud.
import * as z from 'zod';
import type { Right } from '../gate/grants.ts';

export interface OpRow {
  /** Raise when the op's meaning or output changes; results are keyed by it. */
  version: number;
  /** The right a grant must give. `null`: the op touches no grant. */
  right: Right | null;
  /** `home`: only on the device. `portable`: also in the cloud, on content that the gate released. */
  runs: 'home' | 'portable';
  /** Whether it changes something that a person would want back. */
  changes: boolean;
  /**
   * Whether what it changes goes through the journal. What does not runs at most once: how far it came nobody can tell, so
   * it never counts as "nothing changed" once it has begun.
   */
  journaled: boolean;
  /** Whether running it twice has the same effect as once. */
  idempotent: boolean;
  /** How long one execution may take before it expires. */
  timeoutMs: number;
  /** Work per input byte at home before anything was measured, in bytes per millisecond. */
  homeBytesPerMs: number;
  /** The same in the cloud. */
  cloudBytesPerMs: number;
  /** What it does, for people. */
  says: string;
}

const home = (right: Right | null, says: string, more: Partial<OpRow> = {}): OpRow => ({
  version: 1,
  right,
  runs: 'home',
  changes: false,
  journaled: true,
  idempotent: true,
  timeoutMs: 60_000,
  homeBytesPerMs: 20_000,
  cloudBytesPerMs: 0,
  says,
  ...more,
});

const portable = (says: string): OpRow => ({
  ...home(null, says),
  runs: 'portable',
  homeBytesPerMs: 4_000,
  cloudBytesPerMs: 12_000,
});

/** Journaled, and done once. */
const CHANGE = { changes: true, idempotent: false, timeoutMs: 120_000 } as const;

/** As long as a large file takes over a slow line, or to a slow disk; how slow a line is too slow, the op says itself. */
const LARGE_FILE = { ...CHANGE, timeoutMs: 1_800_000 } as const;

export const OPS = {
  'fs.list': home('read', 'List the files of a granted folder'),
  'fs.stat': home('read', 'Read size and dates of a file'),
  'fs.find': home('read', 'Find files by name'),
  'fs.search': home('read', 'Find text in files'),
  'fs.read': home('read', 'Read a text file into a handle'),
  'fs.create': home('write', 'Write a new file, never over another', { changes: true, idempotent: false }),
  'fs.write': home('write', 'Write a new version of a file', CHANGE),
  'fs.append': home('write', 'Add to the end of a file', CHANGE),
  'fs.mkdir': home('write', 'Make a folder', CHANGE),
  'fs.copy': home('write', 'Copy a file', LARGE_FILE),
  'fs.move': home('write', 'Move or rename files', { ...CHANGE, timeoutMs: 300_000 }),
  'fs.trash': home('trash', 'Put files in the trash', { ...CHANGE, timeoutMs: 300_000 }),
  'fs.restore': home('write', 'Take files out of the trash', { ...CHANGE, timeoutMs: 300_000 }),
  'doc.text': home('read', 'Extract the text of a document'),
  'doc.digest': home(null, 'Put a folder digest together'),
  'page.clip': home(null, 'Turn a page into Markdown with front matter'),
  'net.download': home('write', 'Save a file from the web', LARGE_FILE),
  'net.collect': home('write', 'File what the browser downloaded', LARGE_FILE),
  'text.summarize': portable('Summarise text'),
  'text.keywords': portable('Find the themes of text'),
  'text.classify': portable('Group texts and find the odd ones out'),
  'os.info': home(null, 'Say what this machine is'),
  'os.open': home('read', 'Open a file in its own program', { idempotent: false }),
  'os.reveal': home('read', 'Show a file in its folder', { idempotent: false }),
  // As long as the longest that a command may be allowed, and what it takes to end it.
  'os.run': home(null, 'Run an allowed command', { changes: true, journaled: false, idempotent: false, timeoutMs: 3_660_000 }),
} as const satisfies Record<string, OpRow>;

export type OpName = keyof typeof OPS;
export const OP_NAMES = Object.keys(OPS) as [OpName, ...OpName[]];
export const OpName = z.enum(OP_NAMES);

/** Compact digest of the catalogue (names and versions), exchanged at `hello` so that both sides know they agree. */
export function catalogueDigest(): string {
  return OP_NAMES.map((op) => `${op}@${OPS[op].version}`).join(' ');
}

export type TextOp = Extract<OpName, `text.${string}`>;
export const TEXT_OPS = OP_NAMES.filter((op): op is TextOp => op.startsWith('text.'));
