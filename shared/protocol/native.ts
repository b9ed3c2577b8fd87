// Extension ↔ host (native messaging) and terminal ↔ host (the agent's socket). JSON-RPC 2.0, one schema per method.
// No result can carry a file: every string and list here is capped, content comes only as `RunResult` under the screen's
// caps, and a test walks these schemas to keep it so.
import * as z from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { CommandArgument, CommandView } from '../gate/commands.ts';
import { GrantView, Names, Narrowing, Right } from '../gate/grants.ts';
import { Label } from '../gate/labels.ts';
import { MAX_GLOBS } from '../gate/visibility.ts';
import { Receipt, SCREEN_CAPS } from '../gate/release.ts';
import { StandingWarrant } from '../gate/warrants.ts';
import { ApprovalId, GrantId, HandleId, ReceiptId, RunId, StepId, WarrantId } from '../ids.ts';
import { Where } from '../run/plan.ts';
import { RunView } from '../run/view.ts';
import { ClientHello } from './hello.ts';
import type { MethodTable, NotificationTable } from './rpc.ts';

/** Characters of what a command says; a command's own limit is below. */
const MAX_SAID = 8_000_000;

const Problem = z.object({ code: z.enum(ERROR_CODES), message: z.string().max(600), next: z.string().max(600).optional() });
export type Problem = z.infer<typeof Problem>;

export const CloudState = z.enum(['unpaired', 'connecting', 'connected', 'away', 'refused']);
export type CloudState = z.infer<typeof CloudState>;

export const HostStatus = z.object({
  /** `call`: how a terminal calls this very host, `npx headgate` as a rule. */
  host: z.object({ version: z.string().max(40), pid: z.int(), startedAt: z.int(), call: z.string().max(4400).optional() }),
  device: z.object({ id: z.string().max(40).nullable(), name: z.string().max(120) }),
  cloud: z.object({
    state: CloudState,
    url: z.string().max(300).nullable(),
    since: z.int(),
    problem: Problem.optional(),
    models: z.array(z.string().max(120)).max(20),
  }),
  /** Of folders; `changedAt`: when anything that is allowed was last changed, commands included. */
  grants: z.object({ count: z.int(), changedAt: z.int().optional(), problem: Problem.optional() }),
  runs: z.object({ active: z.int() }),
  approvals: z.int(),
  /** Standing warrants that nobody has ended. */
  warrants: z.int().optional(),
});
export type HostStatus = z.infer<typeof HostStatus>;

/**
 * Whether what a run changed can be taken back: `possible` · `partly` some of it already was, or the version from before is
 * not kept any more · `done` all of it was · `expired` nothing of it is kept any more.
 */
export const RunUndo = z.object({ changes: z.int().min(1), state: z.enum(['possible', 'partly', 'done', 'expired']) });
export type RunUndo = z.infer<typeof RunUndo>;

export const RunSummary = RunView.omit({ steps: true }).extend({
  /** The step that is at work now, for a line of progress. */
  now: z.string().max(120).optional(),
  /** Of a run that is over and changed something. */
  undo: RunUndo.optional(),
  /** Files that the run wrote: names for the eyes, handles to open them by. */
  files: z.array(z.object({ handle: HandleId, name: z.string().max(300) })).max(20),
});
export type RunSummary = z.infer<typeof RunSummary>;

const Excerpt = z.string().max(SCREEN_CAPS.excerptChars);
export const RunResult = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({
    kind: z.literal('files'),
    files: z.array(z.object({ handle: HandleId, name: z.string().max(300), grant: GrantId, folder: z.string().max(600) })).max(20),
  }),
  z.object({
    kind: z.literal('hits'),
    total: z.int(),
    hits: z
      .array(
        z.object({
          handle: HandleId,
          name: z.string().max(300),
          folder: z.string().max(600),
          grant: GrantId,
          line: z.int().nullable(),
          excerpt: Excerpt,
        }),
      )
      .max(SCREEN_CAPS.hits),
  }),
  z.object({
    kind: z.literal('facts'),
    facts: z.array(z.object({ label: z.string().max(60), value: z.string().max(200) })).max(40),
    /** The last lines that a command has said; `cut`: how many before them are not shown. */
    lines: z
      .array(z.object({ from: z.enum(['stdout', 'stderr']), excerpt: Excerpt }))
      .max(SCREEN_CAPS.lines)
      .optional(),
    cut: z.int().min(0).optional(),
  }),
]);
/** A run's result for the screen: names, excerpts and facts under the screen's caps, never a file. */
export type RunResult = z.infer<typeof RunResult>;

export const ApprovalView = z.object({
  id: ApprovalId,
  /**
   * `release`: content leaves to `destination` · `change`: a step that changes, opens or runs something, as `approvals.show`
   * shows it · `plan`: a whole run that someone else asked for; a yes covers it as long as it stays inside `plan`.
   */
  kind: z.enum(['release', 'change', 'plan']).default('release'),
  run: RunId,
  step: StepId,
  title: z.string().max(300),
  destination: z.string().max(40),
  model: z.string().max(120).nullable(),
  bytes: z.int(),
  items: z.array(z.string().max(300)).max(50),
  more: z.int(),
  /** Of a release: how many more texts of the run a yes for the run covers. */
  others: z.int().min(0).optional(),
  /** What is taken out before it goes: kinds and counts. */
  without: z.string().max(600).optional(),
  /** The steps of a `plan`, in our own words. */
  plan: z.array(z.string().max(300)).max(40).optional(),
  /** Why the host cannot show all that would happen. Such a step is never approved beforehand. */
  uninspectable: z.string().max(300).optional(),
  expiresAt: z.int(),
});
export type ApprovalView = z.infer<typeof ApprovalView>;

/** What exactly a `change` would do, or a `release` send: each part in words, and the lines that differ or go, under the screen's caps. */
export const ApprovalDetail = z.object({
  parts: z.array(z.object({ says: z.string().max(600), uninspectable: z.string().max(300).optional() })).max(50),
  /** Parts that are not shown. */
  more: z.int(),
  /** Of part `part`: ` ` stays, `+` comes, `-` goes, `…` lines left out in between. `goesOn`: no line of its own, but more of the one before. */
  lines: z
    .array(z.object({ part: z.int(), sign: z.enum([' ', '+', '-', '…']), excerpt: Excerpt, goesOn: z.boolean().optional() }))
    .max(SCREEN_CAPS.hits),
  /** Lines of these that are not shown. */
  cut: z.int(),
});
export type ApprovalDetail = z.infer<typeof ApprovalDetail>;

/** Which file a shown line is of: what the screen shows of one file is counted. */
export const OfFile = z.object({
  grant: GrantId,
  path: z.string().max(4096),
  size: z.number(),
  mtimeMs: z.number(),
  dev: z.number(),
  ino: z.number(),
});

/** What an MCP server of this device would give, for the agent to show: as `ApprovalDetail`, with the file of each part. */
export const TextsShown = z
  .object({ ...ApprovalDetail.shape, files: z.array(OfFile.nullable()).max(50) })
  .refine(({ parts, files, lines }) => files.length === parts.length && lines.every(({ part }) => part >= 0 && part < files.length), {
    message: 'each line is of a part, and each part has its file',
  });
export type TextsShown = z.infer<typeof TextsShown>;

/** A standing warrant as the terminal shows it. */
export const StandingView = z.object({ ...StandingWarrant.shape, runsToday: z.int() });
export type StandingView = z.infer<typeof StandingView>;

export const Check = z.object({
  id: z.string().max(40),
  layer: z.enum(['browser', 'host', 'agent', 'gate', 'cloud', 'inference']),
  status: z.enum(['ok', 'warn', 'fail']),
  says: z.string().max(600),
  next: z.string().max(600).optional(),
});
/** One line of `doctor`, the same in the terminal and in the extension. */
export type Check = z.infer<typeof Check>;

export const UndoItem = z.object({ change: z.int(), result: z.enum(['undone', 'beside', 'left', 'failed']), says: z.string().max(300) });
/** What became of one change: as it was before, or the old version beside the person's, or left alone, or not possible now. */
export type UndoItem = z.infer<typeof UndoItem>;
/** Items of one answer; what did not simply go back comes first. */
export const MAX_UNDO_ITEMS = 500;

const UndoReport = z.object({
  run: RunId,
  dryRun: z.boolean(),
  undone: z.int(),
  beside: z.int(),
  left: z.int(),
  failed: z.int(),
  items: z.array(UndoItem).max(MAX_UNDO_ITEMS),
  more: z.int(),
});
/** What taking a run back came to, or would come to. */
export type UndoReport = z.infer<typeof UndoReport>;

/** A receipt of some file: it was where the file is, it is of the same file, or it held the same. */
const LeftOfFile = z.object({ receipt: Receipt, by: z.array(z.enum(['path', 'identity', 'content'])).max(3) });

const LedgerVerdict = z.object({
  records: z.int(),
  head: z.object({ n: z.int(), line: z.string().max(64), at: z.int() }).nullable(),
  problems: z
    .array(
      z.object({
        n: z.int(),
        kind: z.enum(['changed', 'missing', 'moved', 'repeated', 'cut', 'replaced', 'unsigned']),
        says: z.string().max(600),
      }),
    )
    .max(200),
});
/** What a look through the whole ledger found: its lines, how far it is signed, and what was done to it. */
export type LedgerVerdict = z.infer<typeof LedgerVerdict>;

export const NATIVE_METHODS = {
  'host.hello': { params: ClientHello, result: z.object({ protocol: z.int(), status: HostStatus }) },
  'host.status': { params: z.object({}), result: HostStatus },
  /** Measures the way there and back; `pad` weighs the request. */
  'host.ping': { params: z.object({ pad: z.string().max(1_000_000).optional() }), result: z.object({ bytes: z.int() }) },
  'host.check': { params: z.object({}), result: z.object({ checks: z.array(Check).max(60) }) },
  'pair.start': { params: z.object({ cloud: z.url().max(300), code: z.string().trim().min(4).max(40) }), result: HostStatus },
  'pair.end': { params: z.object({}), result: HostStatus },
  /** Dials the cloud now instead of at the next try. */
  'cloud.connect': { params: z.object({}), result: HostStatus },
  /** A short token with which the extension may read from the cloud, and nothing else. */
  'session.token': {
    params: z.object({}),
    result: z.object({ token: z.string().max(2000), cloud: z.string().max(300), expiresAt: z.int() }),
  },
  'grants.list': { params: z.object({}), result: z.object({ grants: z.array(GrantView).max(200) }) },
  /** Shows the host's own chooser, where the person can grant; the caller only learns what came of it. */
  'grants.choose': { params: z.object({ write: z.boolean().default(false) }), result: z.object({ grant: GrantView.nullable() }) },
  'grants.narrow': {
    params: Narrowing.extend({ grant: GrantId }),
    result: z.object({ grant: GrantView }),
  },
  /** A folder's, or a command's. */
  'grants.revoke': { params: z.object({ grant: GrantId }), result: z.object({}) },
  'commands.list': { params: z.object({}), result: z.object({ commands: z.array(CommandView).max(200) }) },
  'runs.start': {
    params: z.object({
      recipe: z.string().max(40),
      input: z.record(z.string().max(40), z.unknown()),
      where: Where.default('auto'),
      /** The result of a run that is over within a moment comes by itself, as `run.result`, before its last `run.changed`. */
      follow: z.boolean().default(false),
      /** `plan`: starting it approves its fixed plan. `changes`: each step that changes or opens something is shown and asked first. */
      ask: z.enum(['plan', 'changes']).default('plan'),
    }),
    result: z.object({ run: RunId }),
  },
  'runs.list': {
    params: z.object({ limit: z.int().min(1).max(100).default(20) }),
    result: z.object({ runs: z.array(RunSummary).max(100) }),
  },
  'runs.get': { params: z.object({ run: RunId }), result: RunView },
  'runs.cancel': { params: z.object({ run: RunId }), result: z.object({}) },
  /** Takes back what a run changed, newest first. Again is safe: what was taken back stays so. */
  'runs.undo': {
    params: z.object({ run: RunId, dryRun: z.boolean().default(false) }),
    result: UndoReport,
  },
  'runs.result': { params: z.object({ run: RunId }), result: RunResult },
  'approvals.list': { params: z.object({}), result: z.object({ approvals: z.array(ApprovalView).max(100) }) },
  'approvals.show': { params: z.object({ approval: ApprovalId }), result: ApprovalDetail },
  'approvals.answer': { params: z.object({ approval: ApprovalId, answer: z.enum(['once', 'run', 'no']) }), result: z.object({}) },
  /** Shows the host's own window, where the person can say yes to a plan, now and whenever the same is asked for; `null`: they closed it. */
  'approvals.chooseAlways': { params: z.object({ approval: ApprovalId }), result: z.object({ warrant: StandingView.nullable() }) },
  /** Standing warrants: what others may start without asking. */
  'warrants.list': { params: z.object({}), result: z.object({ warrants: z.array(StandingView).max(200) }) },
  'warrants.end': { params: z.object({ warrant: WarrantId }), result: z.object({}) },
  'ledger.list': {
    params: z.object({ limit: z.int().min(1).max(500).default(100), run: RunId.optional() }),
    result: z.object({ receipts: z.array(Receipt).max(500) }),
  },
  /** What has left of a file that a run named, also if it left in another run, under another name, or as a copy. */
  'ledger.ofHandle': { params: z.object({ handle: HandleId }), result: z.object({ left: z.array(LeftOfFile).max(500) }) },
  'ledger.verify': { params: z.object({}), result: LedgerVerdict },
} as const satisfies MethodTable;
export type NativeMethod = keyof typeof NATIVE_METHODS;

/** Methods that only a terminal of this user may call: they widen what is allowed, or show real paths. */
export const TERMINAL_METHODS = {
  'grants.add': {
    params: z.object({
      folder: z.string().min(1).max(4096),
      name: z.string().min(1).max(80).optional(),
      rights: z.array(Right).min(1).max(3).optional(),
      label: Label.optional(),
      /** Globs as a whole: an empty list takes them away. */
      include: z.array(z.string().max(400)).max(MAX_GLOBS).optional(),
      exclude: z.array(z.string().max(400)).max(MAX_GLOBS).optional(),
      /** `null` takes the limit away. */
      maxFileBytes: z.int().min(1).nullable().optional(),
      maxFiles: z.int().min(1).nullable().optional(),
      names: Names.optional(),
    }),
    result: z.object({ grant: GrantView }),
  },
  /** Allows a program and exactly what may stand on its command line. */
  'commands.add': {
    params: z.object({
      program: z.string().min(1).max(4096),
      name: z.string().min(1).max(80).optional(),
      arguments: z.array(CommandArgument).max(60),
      doubleDash: z.boolean().optional(),
      folder: z.string().min(1).max(4096).optional(),
      write: z.boolean().optional(),
      sees: z.array(z.string().min(1).max(4096)).max(10).optional(),
      network: z.enum(['none', 'yes']).optional(),
      isolation: z.enum(['wanted', 'none-accepted']).optional(),
      interpreter: z.boolean().optional(),
      hash: z.boolean().optional(),
      label: Label.optional(),
      limits: z
        .object({
          seconds: z.int().optional(),
          outputBytes: z.int().optional(),
          memoryMegabytes: z.int().optional(),
          processes: z.int().optional(),
        })
        .optional(),
    }),
    result: z.object({ command: CommandView }),
  },
  /** All that a command said in a run, for the person's own terminal; `null` when the run ran none. */
  'runs.output': {
    params: z.object({ run: RunId }),
    result: z.object({
      output: z.object({ code: z.int(), stdout: z.string().max(MAX_SAID), stderr: z.string().max(MAX_SAID) }).nullable(),
    }),
  },
  'files.locate': {
    params: z.object({ handles: z.array(HandleId).max(200) }),
    result: z.object({ paths: z.array(z.string().max(8192).nullable()).max(200) }),
  },
  /** Asks the person whether an MCP client on this device may have something; answers when the person has, or when the question expires. */
  'approvals.ask': {
    params: ApprovalView.omit({ id: true, kind: true, expiresAt: true, destination: true }).extend({
      digest: z.string().length(64),
      /** The folders in which the files lie: what the person narrows there withdraws the question. */
      folders: z.array(z.string().max(4096)).max(50).optional(),
      /** What a yes would give, as far as it can be shown. */
      shows: TextsShown.optional(),
    }),
    result: z.object({ answer: z.enum(['once', 'run', 'no', 'expired', 'withdrawn']) }),
  },
  /** What has left of this file, by its path, by which file it is, and by what it holds. */
  'ledger.of': {
    params: z.object({ file: z.string().min(1).max(4096) }),
    result: z.object({ left: z.array(LeftOfFile).max(500) }),
  },
  /** What one release sent, to the letter, while it is kept. */
  'ledger.sent': { params: z.object({ receipt: ReceiptId }), result: z.object({ texts: z.array(z.string().nullable()).max(1000) }) },
  /** Standing warrants are made by a terminal alone, or in the host's own window. */
  'warrants.add': {
    params: z.object({
      recipe: z.string().max(40),
      grants: z.array(GrantId).max(200),
      changes: z.int().min(0).max(10_000).optional(),
      egressBytes: z.int().min(0).max(1_000_000_000).optional(),
      runsPerDay: z.int().min(1).max(1_000).optional(),
      days: z.int().min(1).max(3_650).optional(),
    }),
    result: z.object({ warrant: StandingView }),
  },
  /** Yes to a plan, now and whenever the same is asked for again: makes a standing warrant of it. */
  'approvals.always': { params: z.object({ approval: ApprovalId }), result: z.object({ warrant: StandingView }) },
  'host.stop': { params: z.object({}), result: z.object({}) },
} as const satisfies MethodTable;
export type TerminalMethod = keyof typeof TERMINAL_METHODS;

/** What the host tells without being asked. */
export const NATIVE_NOTIFICATIONS = {
  'run.changed': RunSummary,
  /** To whoever started the run and said `follow`. */
  'run.result': z.object({ run: RunId, result: RunResult }),
  'status.changed': HostStatus,
  'approvals.changed': z.object({ count: z.int() }),
  /** One part of a message above `CHUNK_BYTES`: JSON text to be joined in order. */
  $chunk: z.object({ id: z.int(), index: z.int(), count: z.int().max(64), text: z.string() }),
} as const satisfies NotificationTable;
