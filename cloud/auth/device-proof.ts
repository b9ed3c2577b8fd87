// What a device signs with its own key: the proof over a code (enrolment) or a nonce (the socket), and the assertion with
// which it gets a token (private_key_jwt, RFC 7523: `iss` = `sub` = the device, `aud` = this cloud alone, `jti` once).
import { decodeJwt } from 'jose';
import { HeadgateError } from '../../shared/errors.ts';
import { DeviceId } from '../../shared/ids.ts';
import { JWT_TYPES } from '../../shared/protocol/agent.ts';
import { type DeviceRow, findDevice, useAssertion } from '../store/devices.ts';
import type { Database, StoredJwk } from '../store/tables.ts';
import { assertCompactJws } from './base64url.ts';
import { normalizeCode } from './codes.ts';
import { importPublicKey, verifyJws } from './verify.ts';

const PROOF_AGE_S = 120;
const MAX_ASSERTION_S = 300;

/** Whether the holder of `signKey` signed this code just now. Throws `unauthenticated`. */
export async function checkCodeProof(proof: string, signKey: StoredJwk, code: string, now: number): Promise<void> {
  const payload = await verifyJws(proof, await importPublicKey(signKey), {
    typ: JWT_TYPES.proof,
    requires: ['iat'],
    maxAgeSeconds: PROOF_AGE_S,
    now,
  });
  if (typeof payload.code !== 'string' || normalizeCode(payload.code) !== normalizeCode(code))
    throw new HeadgateError('unauthenticated', 'The proof is for another code.');
}

export async function checkNonceProof(proof: string, signKey: StoredJwk, nonce: string, now: number): Promise<void> {
  const payload = await verifyJws(proof, await importPublicKey(signKey), {
    typ: JWT_TYPES.proof,
    requires: ['iat'],
    maxAgeSeconds: PROOF_AGE_S,
    now,
  });
  if (payload.nonce !== nonce) throw new HeadgateError('unauthenticated', 'The proof is for another challenge.');
}

/** How far the device says that its ledger reaches; `null` when the device did not sign it. */
export async function readLedgerHead(signed: string, signKey: StoredJwk, now: number): Promise<{ n: number; line: string } | null> {
  try {
    const { n, line } = await verifyJws(signed, await importPublicKey(signKey), { typ: JWT_TYPES.ledgerHead, requires: ['iat'], now });
    return typeof n === 'number' && Number.isSafeInteger(n) && n > 0 && typeof line === 'string' && line.length === 64 ? { n, line } : null;
  } catch (thrown) {
    if (thrown instanceof HeadgateError) return null;
    throw thrown;
  }
}

/** The device that signed the assertion. Throws `unauthenticated`, `token_expired`, and `revoked`. */
export async function checkAssertion(db: Database, assertion: string, audience: readonly string[], now: number): Promise<DeviceRow> {
  const device = await activeDevice(db, claimedDevice(assertion));
  const payload = await verifyJws(assertion, await importPublicKey(device.sign_key), {
    typ: JWT_TYPES.assertion,
    issuer: device.id,
    audience,
    requires: ['iss', 'sub', 'aud', 'exp', 'jti'],
    now,
  });
  const expiresAt = (payload.exp ?? 0) * 1000;
  if (payload.sub !== device.id) throw refused();
  if (expiresAt - now > (MAX_ASSERTION_S + 5) * 1000) throw refused();
  if (typeof payload.jti !== 'string' || payload.jti.length < 8 || payload.jti.length > 200) throw refused();
  if (!(await useAssertion(db, device.id, payload.jti, expiresAt + 60_000))) throw refused();
  return device;
}

/** Throws `unauthenticated` for an unknown device and `revoked` for a revoked one. */
export async function activeDevice(db: Database, id: DeviceId): Promise<DeviceRow> {
  const device = await findDevice(db, id);
  if (device === null) throw refused();
  if (device.revoked_at !== null) throw revokedDevice();
  return device;
}

export function revokedDevice(): HeadgateError {
  return new HeadgateError('revoked', 'This device was revoked.', { next: 'Pair it again if that was not meant.' });
}

function claimedDevice(assertion: string): DeviceId {
  assertCompactJws(assertion);
  try {
    return DeviceId.parse(decodeJwt(assertion).sub);
  } catch (cause) {
    throw refused(cause);
  }
}

function refused(cause?: unknown): HeadgateError {
  return new HeadgateError('unauthenticated', 'The assertion is not valid here.', {
    cause,
    next: 'Check the clock of this device, or pair it again.',
  });
}
