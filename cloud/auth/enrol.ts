// Enrolment: a one-time code and a proof of the device's key become a device of the code's person, in one transaction.
// The proof is checked first and by itself, so a wrong one says nothing about the code.
import { randomBytes } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import type * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import { makeId } from '../../shared/ids.ts';
import type { EnrolDevice, SignIn } from '../../shared/protocol/api.ts';
import { enrolDevice } from '../store/devices.ts';
import type { Database, StoredJwk } from '../store/tables.ts';
import { isCanonicalBase64url } from './base64url.ts';
import { redeemCode, spoilCode } from './codes.ts';
import { checkCodeProof } from './device-proof.ts';
import type { Sessions } from './sessions.ts';

export interface EnrolServices {
  db: Database;
  sessions: Sessions;
  now(): number;
}

/** Throws `code_invalid`, `unauthenticated` and `invalid_params`. */
export async function enrol(
  services: EnrolServices,
  request: z.infer<typeof EnrolDevice.body>,
): Promise<z.infer<typeof EnrolDevice.result>> {
  const { db, sessions, now } = services;
  const { code, name, machine, signKey, sealKey } = request;
  if (/\p{Cc}/u.test(name + machine)) throw new HeadgateError('invalid_params', 'The device name holds control characters.');
  checkSealKey(sealKey);
  await checkCodeProof(request.proof, signKey, code, now()).catch(async (error: unknown) => {
    await spoilCode(db, code);
    throw error;
  });
  const thumbprint = await calculateJwkThumbprint({ kty: signKey.kty, crv: signKey.crv, x: signKey.x });
  return db.transaction().execute(async (tx) => {
    const person = await redeemCode(tx, code, makeId('p', randomBytes), now());
    const device = await enrolDevice(
      tx,
      { id: makeId('d', randomBytes), person, name, machine, thumbprint, signKey: publicHalf(signKey), sealKey: publicHalf(sealKey) },
      now(),
    );
    return { ...(await sessions.begin(tx, person, device)), device, person };
  });
}

/** Throws `code_invalid`. */
export async function signIn(services: EnrolServices, code: string): Promise<z.infer<typeof SignIn.result>> {
  const { db, sessions, now } = services;
  return db.transaction().execute(async (tx) => {
    const person = await redeemCode(tx, code, makeId('p', randomBytes), now());
    return { ...(await sessions.begin(tx, person, null)), person };
  });
}

function checkSealKey(key: StoredJwk): void {
  const isX25519 = key.kty === 'OKP' && key.crv === 'X25519' && key.x.length === 43 && isCanonicalBase64url(key.x);
  if (!isX25519) throw new HeadgateError('invalid_params', 'The sealing key must be an X25519 public key.');
}

function publicHalf({ kty, crv, x }: StoredJwk): StoredJwk {
  return { kty, crv, x };
}
