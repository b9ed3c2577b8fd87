// The cloud's signing keys: the youngest signs, the older ones verify until every token they signed has expired. A key
// signs for 30 days; a retired one stays in the JWKS for a day, far longer than any token lives.
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import { addSigningKey, dropSigningKeys, listSigningKeys, type SigningKeyRow } from '../store/signing-keys.ts';
import type { Database, StoredJwk } from '../store/tables.ts';
import { importPublicKey } from './verify.ts';

const SIGNS_FOR_MS = 30 * 24 * 3600_000;
const VERIFIES_FOR_MS = 24 * 3600_000;

interface RingKey {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  publicJwk: { kty: string; crv: string; x: string };
}

export interface KeyRing {
  signing(): { kid: string; key: CryptoKey };
  /** `undefined` for a key that is not ours. */
  verifying(kid: string): CryptoKey | undefined;
  jwks(): { keys: object[] };
  /** Makes a new key when the youngest has signed long enough; forgets those that nothing needs any more. */
  rotate(now: number, force?: boolean): Promise<void>;
}

export async function loadKeyRing(db: Database, now: number): Promise<KeyRing> {
  let ring: RingKey[] = [];
  const reload = async () => {
    ring = await Promise.all((await listSigningKeys(db)).map(openKey));
  };
  const rotate = async (at: number, force = false) => {
    const youngest = (await listSigningKeys(db))[0];
    if (force || youngest === undefined || youngest.created_at + SIGNS_FOR_MS < at) await makeKey(db, at);
    await dropSigningKeys(db, at - VERIFIES_FOR_MS);
    await reload();
  };
  await rotate(now);
  return {
    signing: () => {
      const [youngest] = ring;
      if (youngest === undefined) throw new TypeError('the key ring is empty');
      return { kid: youngest.kid, key: youngest.privateKey };
    },
    verifying: (kid) => ring.find((key) => key.kid === kid)?.publicKey,
    jwks: () => ({ keys: ring.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: 'EdDSA', use: 'sig' })) }),
    rotate,
  };
}

async function makeKey(db: Database, now: number): Promise<void> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const { kty, crv, x, d } = await exportJWK(privateKey);
  if (kty === undefined || crv === undefined || x === undefined || d === undefined)
    throw new TypeError('an Ed25519 key has kty, crv, x and d');
  const jwk: StoredJwk = { kty, crv, x, d };
  await addSigningKey(db, await calculateJwkThumbprint({ kty, crv, x }), jwk, now);
}

async function openKey(row: SigningKeyRow): Promise<RingKey> {
  const { kty, crv, x, d } = row.private_key;
  const privateKey = await importJWK({ kty, crv, x, ...(d !== undefined && { d }) }, 'EdDSA');
  if (privateKey instanceof Uint8Array) throw new TypeError('an Ed25519 key is not symmetric');
  return { kid: row.kid, privateKey, publicKey: await importPublicKey({ kty, crv, x }), publicJwk: { kty, crv, x } };
}
