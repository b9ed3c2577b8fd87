// The device's two key pairs: Ed25519 to sign with, X25519 to seal to. Born here, kept in a file of mode 0600, never sent;
// only the public halves leave, at enrolment. jose is loaded when it is first needed: a cold start does not wait for it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CryptoKey, JWK } from 'jose';
import * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import { JWT_TYPES } from '../../shared/protocol/agent.ts';
import { writeFileAtomic } from '../state/write-file.ts';
import { createSealer } from './seal.ts';

const Jwk = z.object({ kty: z.literal('OKP'), crv: z.string(), x: z.string(), d: z.string() });
const KeyFile = z.strictObject({ version: z.literal(1), sign: Jwk, seal: Jwk });

export interface PublicJwk {
  kty: string;
  crv: string;
  x: string;
}

export interface DeviceKeys {
  signKey: PublicJwk;
  sealKey: PublicJwk;
  /** private_key_jwt assertion (RFC 7523): `iss` = `sub` = the device, one use, two minutes. */
  assertion(device: string, issuer: string): Promise<string>;
  /** Proof of possession over a challenge. */
  proof(payload: Record<string, unknown>): Promise<string>;
  /** Signs how far the ledger reaches. */
  signHead(head: { n: number; line: string }): Promise<string>;
  /** The payload of a head that this device signed, `null` for anything else. */
  readHead(signed: string): Promise<unknown | null>;
  /** Encrypts to this device alone. */
  seal(text: string): Sealed;
}

declare const sealed: unique symbol;
/** Encrypted to this device. Only this file makes one. */
export type Sealed = string & { readonly [sealed]: true };

/** Loads the keys, or makes them on the first use. Throws `state_damaged` when the file is not what was written. */
export async function loadDeviceKeys(home: string): Promise<DeviceKeys> {
  const file = join(home, 'device.key');
  const jose = await import('jose');
  if (!existsSync(file)) {
    const sign = await jose.generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const seal = await jose.generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true });
    const keys = { version: 1, sign: await jose.exportJWK(sign.privateKey), seal: await jose.exportJWK(seal.privateKey) };
    writeFileAtomic(file, JSON.stringify(keys), 0o600);
  }
  const parsed = parseKeyFile(file);
  const signing = (await jose.importJWK(parsed.sign as JWK, 'EdDSA')) as CryptoKey;
  const signKey = publicHalf(parsed.sign);
  const sealKey = publicHalf(parsed.seal);
  const verifying = (await jose.importJWK(signKey, 'EdDSA')) as CryptoKey;
  const seal = createSealer(sealKey);
  const sign = (typ: string, payload: Record<string, unknown>) =>
    new jose.SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', typ }).setIssuedAt();
  return {
    signKey,
    sealKey,
    assertion: (device, issuer) =>
      sign(JWT_TYPES.assertion, {})
        .setIssuer(device)
        .setSubject(device)
        .setAudience(issuer)
        .setExpirationTime('2m')
        .setJti(crypto.randomUUID())
        .sign(signing),
    proof: (payload) => sign(JWT_TYPES.proof, payload).setExpirationTime('1m').sign(signing),
    signHead: (head) => sign(JWT_TYPES.ledgerHead, { ...head }).sign(signing),
    async readHead(signed) {
      try {
        const { payload } = await jose.jwtVerify(signed, verifying, { algorithms: ['EdDSA'], typ: JWT_TYPES.ledgerHead });
        return payload;
      } catch {
        return null;
      }
    },
    seal: (text) => seal(text) as Sealed,
  };
}

function parseKeyFile(file: string): z.infer<typeof KeyFile> {
  try {
    return KeyFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new HeadgateError('state_damaged', `The device key ${file} is damaged.`, {
      cause,
      next: 'Restore it from a backup, or move it away and pair this device again.',
    });
  }
}

function publicHalf(key: z.infer<typeof Jwk>): PublicJwk {
  return { kty: key.kty, crv: key.crv, x: key.x };
}
