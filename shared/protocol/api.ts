// The cloud's HTTP API: request and answer of each `/v1` route, from which `/openapi.json` is made.
import * as z from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { DeviceId, PersonId, RequestId, RunId } from '../ids.ts';
import { RunEvent } from '../run/events.ts';
import { Where } from '../run/plan.ts';
import { RunView } from '../run/view.ts';
import { RequestInput } from './agent.ts';

const Jwk = z.object({ kty: z.string().max(10), crv: z.string().max(20), x: z.string().max(200), y: z.string().max(200).optional() });

export const ApiError = z.object({
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string(), retryable: z.boolean(), next: z.string().optional() }),
});

/** A person's tokens: a short access token and a refresh token that is replaced at each use (reuse revokes the family). */
export const PersonTokens = z.object({
  access: z.string(),
  /** An access token to hand on: with it all can be looked at, and nothing changed or asked for. */
  reading: z.string().optional(),
  /** When both end. */
  accessExpiresAt: z.int(),
  refresh: z.string(),
});
export type PersonTokens = z.infer<typeof PersonTokens>;

/** A one-time code: printed by the server for the first sign-in, or made by a signed-in person for another device. */
export const OneTimeCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[0-9A-Z]{4}-?[0-9A-Z]{4}$/, 'must look like ABCD-1234');

export const SignIn = { body: z.object({ code: OneTimeCode }), result: PersonTokens.extend({ person: PersonId }) };

export const EnrolDevice = {
  body: z.object({
    code: OneTimeCode,
    name: z.string().min(1).max(120),
    /** From node-machine-id, hashed; names the machine, authenticates nothing. */
    machine: z.string().max(128),
    /** Ed25519 signing key and X25519 key for sealing, public halves. */
    signKey: Jwk,
    sealKey: Jwk,
    /** Compact JWS by the signing key, `typ` hg-proof+jwt, payload `{ code, iat }`: proves possession. */
    proof: z.string().max(4000),
  }),
  result: PersonTokens.extend({ device: DeviceId, person: PersonId }),
};

export const MakeCode = { result: z.object({ code: z.string(), expiresAt: z.int() }) };

export const GetToken = {
  body: z.discriminatedUnion('grant_type', [
    z.object({ grant_type: z.literal('refresh_token'), refresh_token: z.string().max(200) }),
    z.object({ grant_type: z.literal('client_credentials'), client_assertion: z.string().max(4000) }),
  ]),
  result: z.union([PersonTokens, z.object({ token: z.string(), expiresAt: z.int() })]),
};

export const DeviceView = z.object({
  device: DeviceId,
  name: z.string(),
  createdAt: z.int(),
  connected: z.boolean(),
  lastSeenAt: z.int().nullable(),
  revoked: z.boolean(),
});
export type DeviceView = z.infer<typeof DeviceView>;
export const ListDevices = { result: z.object({ devices: z.array(DeviceView) }) };
export const ListRuns = {
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  result: z.object({ runs: z.array(RunView.omit({ steps: true })) }),
};
export const GetRun = { params: z.object({ run: RunId }), result: RunView.extend({ sealed: z.string() }) };
export const GetRunEvents = {
  params: z.object({ run: RunId }),
  query: z.object({ after: z.coerce.number().int().min(0).default(0) }),
  result: z.object({ events: z.array(RunEvent) }),
};

export const RequestView = z.object({
  request: RequestId,
  device: DeviceId,
  recipe: z.string(),
  /** `waiting`: for the device · `asked`: the person is asked there · `expired`: the device did not come in time. */
  state: z.enum(['waiting', 'asked', 'started', 'refused', 'expired']),
  createdAt: z.int(),
  expiresAt: z.int(),
  run: RunId.nullable(),
  code: z.enum(ERROR_CODES).nullable(),
});
export type RequestView = z.infer<typeof RequestView>;

/** Asks a device for a run. The device decides: by a standing warrant, by asking its person, or not at all. */
export const RequestRun = {
  body: z.object({
    device: DeviceId,
    recipe: z.string().regex(/^[a-z][a-z0-9.]{0,39}$/),
    /** Ids, numbers, flags and plain words, as the recipe takes them; no text and no names. */
    input: RequestInput.default({}),
    where: Where.default('auto'),
    /** The caller's own id for it, so that the same request sent twice is one. */
    request: RequestId.optional(),
    /** How long the device may take to come for it, in milliseconds. */
    withinMs: z
      .int()
      .min(1_000)
      .max(7 * 24 * 3600_000)
      .default(24 * 3600_000),
  }),
  result: RequestView,
};
export const GetRequest = { params: z.object({ request: RequestId }), result: RequestView };
