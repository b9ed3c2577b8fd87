// Screens ↔ worker, over one long-lived runtime port per screen. Types only, so that a screen's bundle carries no schemas:
// the worker parses what comes from the host and from the cloud, and both ends of this port are built together.
//
// The worker pushes a `snapshot` on connect and after each change; a screen asks, and each ask gets one `answer` or one
// `failure`. The result of a run that a screen started comes to that screen with the snapshot in which the run is over.
import type { ErrorCode, ErrorData } from '../shared/errors.ts';
import type { CommandView } from '../shared/gate/commands.ts';
import type { GrantView } from '../shared/gate/grants.ts';
import type { GrantId, RunId } from '../shared/ids.ts';
import type { ApprovalView, HostStatus, NATIVE_METHODS, RunResult, RunSummary, StandingView } from '../shared/protocol/native.ts';
import type { ParamsIn, ResultOf } from '../shared/protocol/rpc.ts';

export const SCREEN_PORT = 'screen';

/** The host's methods that screens may call through the worker as they are. */
export const PASSED_METHODS = [
  'host.check',
  'pair.start',
  'pair.end',
  'grants.choose',
  'grants.narrow',
  'grants.revoke',
  'runs.start',
  'runs.get',
  'runs.cancel',
  'runs.undo',
  'runs.result',
  'approvals.show',
  'approvals.answer',
  'approvals.chooseAlways',
  'warrants.end',
  'ledger.list',
  'ledger.ofHandle',
  'ledger.verify',
] as const;
export type PassedMethod = (typeof PASSED_METHODS)[number];

interface OwnMethods {
  /** Saves the page in front into a granted folder; answers once the run exists. */
  'page.save': { params: { grant: GrantId }; result: { run: RunId } };
  /** Downloads what this run could not, with the person’s session in this browser; the screen asks for the permission. */
  'download.signedIn': { params: { run: RunId }; result: Record<string, never> };
  /** Connects to the host again, and to the cloud's stream. */
  'host.connect': { params: Record<string, never>; result: Record<string, never> };
  /** The person has read the problem that the badge tells of. */
  'problem.dismiss': { params: Record<string, never>; result: Record<string, never> };
}

export type ScreenMethod = PassedMethod | keyof OwnMethods;
export type ScreenParams<Name extends ScreenMethod> = Name extends PassedMethod
  ? ParamsIn<typeof NATIVE_METHODS, Name>
  : Name extends keyof OwnMethods
    ? OwnMethods[Name]['params']
    : never;
export type ScreenAnswer<Name extends ScreenMethod> = Name extends PassedMethod
  ? ResultOf<typeof NATIVE_METHODS, Name>
  : Name extends keyof OwnMethods
    ? OwnMethods[Name]['result']
    : never;

/** A run in the list. `elsewhere`: told by the cloud, on another device of this person; this device knows no title for it. */
export type ScreenRun = RunSummary & { elsewhere?: true };

/** `after`: what was down before this try; a screen keeps saying it, with its button, until the try has an end. */
export type HostState = { state: 'connecting'; after?: ErrorCode } | { state: 'ready' } | { state: 'down'; code: ErrorCode };

/** What an action ended with when it failed before a run existed: a code alone, the words are the screen's. */
export interface ActionProblem {
  action: 'save-page' | 'save-selection' | 'save-link' | 'save-image';
  code: ErrorCode;
  at: number;
}

export interface Snapshot {
  host: HostState;
  status: HostStatus | null;
  runs: ScreenRun[];
  /** `null`: not heard from the host yet. */
  grants: GrantView[] | null;
  commands: CommandView[];
  approvals: ApprovalView[];
  /** Standing warrants. */
  warrants: StandingView[];
  problem: ActionProblem | null;
  /** A page or selection is being read; no run exists yet. */
  saving: boolean;
  /** The last run whose server gives the file only to people who are signed in, while the browser can still fetch it. */
  signIn?: RunId | null;
}

export interface ScreenAsk {
  kind: 'ask';
  id: number;
  method: ScreenMethod;
  params: unknown;
}

/** What came of a run. */
export interface RunOutcome {
  run: RunId;
  result: RunResult;
}

export type WorkerMessage =
  | { kind: 'snapshot'; snapshot: Snapshot; results: readonly RunOutcome[] }
  | { kind: 'answer'; id: number; result: unknown }
  | { kind: 'failure'; id: number; error: ErrorData };
