// Host ↔ cloud over `WSS /v1/agent` (outbound from the device). The first message each way: the cloud sends
// `agent.challenge`, the device answers with `agent.hello`. Content crosses only in `infer` (what the gate released) and
// in its answer; everything else is metadata or sealed.
import * as z from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { DeviceId, ReceiptId, RequestId, RunId, StepId } from '../ids.ts';
import { TextQuestion } from '../ops/text.ts';
import { Report, RunEvent } from '../run/events.ts';
import { RunSpec, Where } from '../run/plan.ts';
import type { MethodTable, NotificationTable } from './rpc.ts';
import { ProtocolRange } from './version.ts';

export const MAX_AGENT_MESSAGE = 8 * 1024 * 1024;
export const HEARTBEAT_MS = 6_000;
/** Away after this many heartbeats missed. */
export const HEARTBEATS_MISSED = 3;
export const HELLO_DEADLINE_MS = 5_000;

/** Close codes of `/v1/agent` and `/v1/stream`. */
export const CLOSE = {
  unauthenticated: 4401,
  revoked: 4403,
  helloTimeout: 4408,
  versionMismatch: 4426,
  badMessage: 4400,
  replaced: 4409,
} as const;

/** Audience (`aud`) and types (`typ`) of the tokens and proofs. */
export const JWT_TYPES = {
  access: 'hg-access+jwt',
  device: 'hg-device+jwt',
  /** private_key_jwt assertion (RFC 7523), signed by the device. */
  assertion: 'hg-assertion+jwt',
  /** Answer to `agent.challenge`, signed by the device over the nonce. */
  proof: 'hg-proof+jwt',
  /** How far the device's ledger reached, signed by the device: payload `{ n, line, iat }`. */
  ledgerHead: 'hg-ledger-head+jwt',
} as const;

/** A run as the device hands it in. `sealed` is a JWE to the device's own key: title and input, unreadable to the cloud. */
const Submitted = z.object({ spec: RunSpec, sealed: z.string().max(20_000) });

/** A value that somebody may name in a request from outside: an id, a number, a flag, or a plain word of ours; no free text. */
const RequestValue = z.union([
  z.int(),
  z.boolean(),
  z.string().regex(/^[a-z]_[0-9a-f]{32}$/),
  z.string().regex(/^[a-z][a-z0-9.-]{0,39}$/),
  z.array(z.string().regex(/^[a-z]_[0-9a-f]{32}$/)).max(200),
]);
export const RequestInput = z.record(z.string().regex(/^[a-z][a-zA-Z]{0,31}$/), RequestValue);

export const RequestReport = z.discriminatedUnion('type', [
  /** The person is being asked on the device. */
  z.object({ type: z.literal('asked'), until: z.int() }),
  z.object({ type: z.literal('started'), run: RunId }),
  z.object({ type: z.literal('refused'), code: z.enum(ERROR_CODES) }),
]);
/** What became of a request, without a word of content. */
export type RequestReport = z.infer<typeof RequestReport>;

/** Device → cloud. */
export const AGENT_METHODS = {
  'agent.hello': {
    params: z.object({
      protocol: ProtocolRange,
      token: z.string().max(4000),
      /** Compact JWS by the device key, `typ` hg-proof+jwt, payload `{ nonce, iat }`. */
      proof: z.string().max(4000),
      catalogue: z.string().max(4000),
      /** Runs that are not over at home, with how far their logs reach. */
      runs: z.array(z.object({ run: RunId, epoch: z.int(), seq: z.int() })).max(1000),
    }),
    result: z.object({ protocol: z.int(), device: DeviceId, expiresAt: z.int(), models: z.array(z.string().max(120)).max(20) }),
  },
  /** Lengthens the socket's life with a fresh device token; without it the socket closes with 4401 at `expiresAt`. */
  'agent.renew': { params: z.object({ token: z.string().max(4000) }), result: z.object({ expiresAt: z.int() }) },
  'agent.heartbeat': {
    params: z.object({
      load: z.number(),
      onBattery: z.boolean(),
      queueMs: z.number(),
      roundTripMs: z.number().optional(),
      bytesPerMs: z.number().optional(),
      speed: z.record(z.string().max(40), z.number()),
      /** The last signed head of the device's ledger (compact JWS, `typ` hg-ledger-head+jwt). */
      ledgerHead: z.string().max(2000).optional(),
    }),
    /** `ledgerHead`: the furthest that this device has ever handed in. */
    result: z.object({ at: z.int(), ledgerHead: z.string().max(2000).optional() }),
  },
  /** Hands in a run that the person started. Repeated freely: the same id is accepted once. */
  'run.submit': { params: Submitted, result: z.object({}) },
  'task.report': { params: z.object({ run: RunId, step: StepId, attempt: z.int().min(1), report: Report }), result: z.object({}) },
  'run.cancel': { params: z.object({ run: RunId }), result: z.object({}) },
  'request.report': { params: z.object({ request: RequestId, report: RequestReport }), result: z.object({}) },
  /** The log of a run that the device drives: accepted when its epoch is the highest known. */
  'run.replicate': {
    params: z.object({ sealed: z.string().max(20_000).optional(), events: z.array(RunEvent).min(1).max(500) }),
    result: z.object({ seq: z.int(), epoch: z.int() }),
  },
  /** Text that the gate released, for one text op; answered from memory and not stored. */
  infer: {
    params: z.object({
      run: RunId,
      step: StepId,
      op: z.string().max(40),
      receipt: ReceiptId,
      question: TextQuestion,
      deadlineMs: z.int().min(100).max(120_000),
    }),
    result: z.object({ answer: z.unknown(), model: z.string().max(120), note: z.string().max(300).optional(), ms: z.number() }),
  },
} as const satisfies MethodTable;
export type AgentMethod = keyof typeof AGENT_METHODS;

/** Cloud → device. */
export const CLOUD_NOTIFICATIONS = {
  'agent.challenge': z.object({ nonce: z.string().max(100), issuer: z.string().max(300) }),
  /** Do this step of a run whose plan you hold. Repeated freely: the device answers repeats from its record. */
  'task.assign': z.object({ run: RunId, step: StepId, attempt: z.int().min(1), where: z.enum(['home', 'cloud']) }),
  'task.cancel': z.object({ run: RunId, step: StepId }),
  /** New lines of the log of a run that the cloud drives. */
  'run.events': z.object({ run: RunId, events: z.array(RunEvent).max(500) }),
  /** A run that the cloud knows nothing of although the device named it at `hello`: hand it in again. */
  'run.unknown': z.object({ run: RunId }),
  /** Somebody asks for a run. Repeated freely until the device has reported on it: it is taken up once. */
  'run.request': z.object({
    request: RequestId,
    recipe: z.string().regex(/^[a-z][a-z0-9.]{0,39}$/),
    input: RequestInput,
    where: Where,
    expiresAt: z.int(),
  }),
} as const satisfies NotificationTable;
export type CloudNotification = keyof typeof CLOUD_NOTIFICATIONS;
