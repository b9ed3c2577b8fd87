// The device's one connection to the cloud, opened from here: `WSS /v1/agent`. It proves who it is, keeps the heartbeat,
// renews its token, and comes back with growing, jittered pauses when it is lost. It knows messages, not runs.
//
// States: unpaired (no pairing; `start` does nothing) · connecting (dialling, or hello not answered) · connected · away
// (lost; a timer dials again) · refused (the cloud said no for good: revoked, or no common protocol; only `start` after a
// new pairing or an update dials again).
import type WebSocket from 'ws';
import { HeadgateError, toErrorData } from '../../shared/errors.ts';
import { catalogueDigest } from '../../shared/ops/catalogue.ts';
import {
  type AGENT_METHODS,
  type AgentMethod,
  CLOSE,
  CLOUD_NOTIFICATIONS,
  type CloudNotification,
  HEARTBEAT_MS,
  HEARTBEATS_MISSED,
  HELLO_DEADLINE_MS,
  MAX_AGENT_MESSAGE,
} from '../../shared/protocol/agent.ts';
import { type ParamsIn, parseRpc, type ResultOf } from '../../shared/protocol/rpc.ts';
import { PROTOCOL } from '../../shared/protocol/version.ts';
import type * as z from 'zod';
import type { CloudState, Problem } from '../../shared/protocol/native.ts';
import type { Released } from '../gate/release.ts';
import type { Report, RunEvent } from '../../shared/run/events.ts';
import { shownWords } from './api.ts';
import { createCalls } from './calls.ts';
import type { DeviceKeys, Sealed } from './keys.ts';
import type { Session } from './session.ts';
import type { Told } from './wordless.ts';

type Hello = ParamsIn<typeof AGENT_METHODS, 'agent.hello'>;
type Heartbeat = ParamsIn<typeof AGENT_METHODS, 'agent.heartbeat'>;
type Notifications = { [Name in CloudNotification]: z.infer<(typeof CLOUD_NOTIFICATIONS)[Name]> };

export interface LinkServices {
  session: Session;
  keys(): Promise<DeviceKeys>;
  now(): number;
  helloRuns(): Hello['runs'];
  heartbeat(): Omit<Heartbeat, 'roundTripMs'>;
  /** The furthest head of our ledger that the cloud holds. */
  onLedgerHead?(signed: string): void;
  onState(state: LinkState): void;
  onNotification<Name extends CloudNotification>(name: Name, params: Notifications[Name]): void;
  log(line: string): void;
}

export interface LinkState {
  state: CloudState;
  url: string | null;
  since: number;
  models: string[];
  roundTripMs: number;
  problem?: Problem | undefined;
}

/** What may stand in a message beside what its schema says: released content, sealed notes, reports without words. A plain string does not fit. */
interface OnlyTold {
  infer: { question: { texts: Released<string[]> } };
  'task.report': { report: Told<Report> };
  'run.submit': { sealed: Sealed };
  'run.replicate': { events: Told<RunEvent>[]; sealed?: Sealed };
}
/** Of several names: the message of one of them, never a mixture. */
export type Outgoing<Name extends AgentMethod> = Name extends keyof OnlyTold
  ? ParamsIn<typeof AGENT_METHODS, Name> & OnlyTold[Name]
  : ParamsIn<typeof AGENT_METHODS, Name>;

export interface Link {
  state(): LinkState;
  start(): void;
  stop(): void;
  /** Sends a request and waits for the answer. Throws `cloud_away` at once when there is no connection. */
  ask<Name extends AgentMethod>(
    method: Name,
    params: Outgoing<Name>,
    options?: { deadlineMs?: number; signal?: AbortSignal },
  ): Promise<ResultOf<typeof AGENT_METHODS, Name>>;
}

const ASK_DEADLINE_MS = 15_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
const COMPLAINTS = { max: 20, withinMs: 60_000 } as const;
/** Renew the device token when this much of its life is left. */
const RENEW_BEFORE_MS = 60_000;
/** Whatever end the cloud names: a timer has a longest time, and beyond it goes off at once. */
const LONGEST_UNRENEWED_MS = 24 * 3600_000;

export function createLink(services: LinkServices): Link {
  const { session, now } = services;
  let state: LinkState = { state: 'unpaired', url: null, since: now(), models: [], roundTripMs: 50 };
  let socket: WebSocket | null = null;
  /** The one that is being dialled; it becomes `socket` with the cloud's challenge. */
  let opening: WebSocket | null = null;
  const calls = createCalls();
  let failures = 0;
  let redial: NodeJS.Timeout | null = null;
  let beat: NodeJS.Timeout | null = null;
  let renew: NodeJS.Timeout | null = null;
  let missed = 0;
  let generation = 0;
  let complainedAt = 0;
  let complaints = 0;

  const change = (next: Partial<LinkState> & { state: CloudState }): void => {
    const since = next.state === state.state ? state.since : now();
    state = { ...state, problem: undefined, ...next, since };
    services.onState(state);
  };

  const drop = (error: HeadgateError): void => {
    for (const timer of [beat, renew]) if (timer !== null) clearTimeout(timer);
    beat = null;
    renew = null;
    const old = [socket, opening];
    socket = null;
    opening = null;
    for (const each of old) each?.terminate();
    calls.failAll(error);
  };

  const lose = (error: HeadgateError): void => {
    generation += 1;
    drop(new HeadgateError('cloud_away', 'The connection to the cloud was lost.'));
    const { code, message, next } = toErrorData(error);
    // These words can be the cloud's own.
    const problem = { code, message: shownWords(message), ...(next === undefined ? {} : { next: shownWords(next) }) };
    if (code === 'revoked' || code === 'version_mismatch' || code === 'not_paired') {
      change({ state: code === 'not_paired' ? 'unpaired' : 'refused', models: [], problem });
      return;
    }
    change({ state: 'away', models: [], problem });
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
    failures = Math.min(failures + 1, 16);
    redial = setTimeout(() => void dial(), pause * (0.5 + Math.random() / 2));
  };

  const send = <Name extends AgentMethod>(
    method: Name,
    params: ParamsIn<typeof AGENT_METHODS, Name>,
    deadlineMs: number,
    signal?: AbortSignal,
  ): Promise<ResultOf<typeof AGENT_METHODS, Name>> => calls.send(socket, method, params, deadlineMs, signal);

  const dial = async (): Promise<void> => {
    const pairing = session.pairing();
    if (pairing === null) return change({ state: 'unpaired', url: null, models: [] });
    const mine = ++generation;
    change({ state: 'connecting', url: pairing.cloud, ...(state.problem === undefined ? {} : { problem: state.problem }) });
    try {
      const { token } = await session.deviceToken();
      const { default: Socket } = await import('ws');
      if (mine !== generation) return;
      const fresh = new Socket(`${pairing.cloud.replace(/^http/, 'ws')}/v1/agent`, {
        maxPayload: MAX_AGENT_MESSAGE,
        perMessageDeflate: false,
        handshakeTimeout: HELLO_DEADLINE_MS,
        followRedirects: false,
      });
      opening = fresh;
      const helloTimer = setTimeout(() => {
        if (mine === generation) lose(new HeadgateError('timeout', 'The cloud did not finish the greeting in time.'));
      }, 2 * HELLO_DEADLINE_MS);
      fresh.on('error', () => undefined);
      fresh.on('close', (code) => {
        clearTimeout(helloTimer);
        if (mine === generation) lose(errorOfClose(code));
      });
      fresh.on('message', (data) => {
        missed = 0;
        receive(String(data), (nonce) => {
          if (opening !== fresh) return services.log('the cloud sent a second challenge');
          opening = null;
          socket = fresh;
          void greet(nonce, token).then(
            () => clearTimeout(helloTimer),
            (error: unknown) => {
              clearTimeout(helloTimer);
              if (mine === generation)
                lose(error instanceof HeadgateError ? error : new HeadgateError('cloud_away', 'The greeting failed.', { cause: error }));
            },
          );
        });
      });
    } catch (error) {
      if (mine === generation)
        lose(error instanceof HeadgateError ? error : new HeadgateError('cloud_away', 'The cloud cannot be reached.', { cause: error }));
    }
  };

  const greet = async (nonce: string, token: string): Promise<void> => {
    const proof = await (await services.keys()).proof({ nonce });
    const sentAt = performance.now();
    const answer = await send(
      'agent.hello',
      { protocol: PROTOCOL, token, proof, catalogue: catalogueDigest(), runs: services.helloRuns() },
      HELLO_DEADLINE_MS,
    );
    failures = 0;
    missed = 0;
    change({
      state: 'connected',
      models: answer.models.map((model) => shownWords(model).slice(0, 120)),
      roundTripMs: performance.now() - sentAt,
    });
    beat = setInterval(() => void heartbeat(), HEARTBEAT_MS);
    renewLater(answer.expiresAt);
    void heartbeat();
  };

  const heartbeat = async (): Promise<void> => {
    missed += 1;
    if (missed > HEARTBEATS_MISSED) return lose(new HeadgateError('cloud_away', 'The cloud has stopped answering.'));
    const sentAt = performance.now();
    try {
      const answer = await send('agent.heartbeat', { ...services.heartbeat(), roundTripMs: state.roundTripMs }, HEARTBEAT_MS);
      if (answer.ledgerHead !== undefined) services.onLedgerHead?.(answer.ledgerHead);
      state.roundTripMs = state.roundTripMs * 0.7 + (performance.now() - sentAt) * 0.3;
    } catch {
      // Counted by `missed`; a lost connection is told by its own event.
    }
  };

  const renewLater = (expiresAt: number): void => {
    renew = setTimeout(
      () =>
        void session
          .deviceToken()
          .then(({ token }) => send('agent.renew', { token }, ASK_DEADLINE_MS))
          .then(({ expiresAt: next }) => renewLater(next))
          .catch(() => services.log('device token could not be renewed')),
      Math.min(LONGEST_UNRENEWED_MS, Math.max(1_000, expiresAt - now() - RENEW_BEFORE_MS)),
    );
  };

  /** A few times a minute: whoever sends nonsense must not fill the disk with our words about it. */
  const complain = (line: string): void => {
    if (now() - complainedAt > COMPLAINTS.withinMs) {
      complainedAt = now();
      complaints = 0;
    }
    complaints += 1;
    if (complaints <= COMPLAINTS.max) services.log(line);
  };

  const receive = (text: string, onChallenge: (nonce: string) => void): void => {
    const message = parseRpc(safeJson(text));
    if (message === null || message.kind === 'request') return complain('the cloud sent a message that is not understood');
    if (message.kind === 'notification') {
      const schema: z.ZodType | undefined = Object.hasOwn(CLOUD_NOTIFICATIONS, message.method)
        ? CLOUD_NOTIFICATIONS[message.method as CloudNotification]
        : undefined;
      const params = schema?.safeParse(message.params);
      if (params?.success !== true) return complain('the cloud sent a bad or unknown notification');
      if (message.method === 'agent.challenge') return onChallenge((params.data as Notifications['agent.challenge']).nonce);
      return services.onNotification(message.method as CloudNotification, params.data as never);
    }
    calls.settle(message);
  };

  return {
    state: () => state,
    start() {
      if (redial !== null) clearTimeout(redial);
      if (state.state === 'connected' || state.state === 'connecting') return;
      failures = 0;
      void dial();
    },
    stop() {
      generation += 1;
      if (redial !== null) clearTimeout(redial);
      drop(new HeadgateError('cloud_away', 'The link was closed.'));
      state = { ...state, state: 'unpaired', models: [], problem: undefined };
    },
    ask: (method, params, options = {}) =>
      // Nothing may come before the cloud's answer to agent.hello.
      state.state === 'connected'
        ? send(method, params, options.deadlineMs ?? ASK_DEADLINE_MS, options.signal)
        : Promise.reject(new HeadgateError('cloud_away', 'The cloud is away.')),
  };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function errorOfClose(code: number): HeadgateError {
  switch (code) {
    case CLOSE.revoked:
      return new HeadgateError('revoked', 'This device was revoked.', { next: 'Pair it again if that was not meant.' });
    case CLOSE.versionMismatch:
      return new HeadgateError('version_mismatch', 'The cloud speaks another protocol version.', {
        next: 'Update Headgate here or on the server.',
      });
    case CLOSE.unauthenticated:
      return new HeadgateError('token_expired', 'The connection expired.');
    default:
      return new HeadgateError('cloud_away', 'The connection to the cloud was closed.');
  }
}
