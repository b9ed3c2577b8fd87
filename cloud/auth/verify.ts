// Verifies one compact JWS: canonical form, then the exact `typ`, then a signature by the one key that it must be from, with
// the algorithm pinned to that kind of key (RFC 8725). A header never chooses key or algorithm: `kid` is only looked up.
import type { CryptoKey, JWTPayload } from 'jose';
import { decodeProtectedHeader, errors, importJWK, jwtVerify } from 'jose';
import { HeadgateError } from '../../shared/errors.ts';
import type { JWT_TYPES } from '../../shared/protocol/agent.ts';
import type { StoredJwk } from '../store/tables.ts';
import { assertCompactJws } from './base64url.ts';

/** Both names of the same signature: `EdDSA` (RFC 8037) and, fully specified, `Ed25519` (RFC 9864). */
const ALGORITHMS = ['EdDSA', 'Ed25519'];
const CLOCK_TOLERANCE_S = 5;

export interface Expected {
  typ: (typeof JWT_TYPES)[keyof typeof JWT_TYPES];
  issuer?: string;
  /** The token must name exactly one of these, as a string. */
  audience?: readonly string[];
  /** Oldest `iat`, in seconds. */
  maxAgeSeconds?: number;
  requires: readonly string[];
  now: number;
}

/** Throws `token_expired` for one that was good once, `unauthenticated` for everything else. */
export async function verifyJws(token: string, key: CryptoKey | Uint8Array, expected: Expected): Promise<JWTPayload> {
  assertCompactJws(token);
  try {
    if (decodeProtectedHeader(token).typ !== expected.typ) throw refused();
    const { payload } = await jwtVerify(token, key, {
      algorithms: ALGORITHMS,
      typ: expected.typ,
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(expected.now),
      requiredClaims: [...expected.requires],
      ...(expected.issuer !== undefined && { issuer: expected.issuer }),
      ...(expected.maxAgeSeconds !== undefined && { maxTokenAge: expected.maxAgeSeconds }),
    });
    if (expected.audience !== undefined && (typeof payload.aud !== 'string' || !expected.audience.includes(payload.aud))) throw refused();
    return payload;
  } catch (error) {
    if (error instanceof HeadgateError) throw error;
    if (error instanceof errors.JWTExpired)
      throw new HeadgateError('token_expired', 'The token has expired.', { next: 'Get a new one and try again.' });
    throw refused(error);
  }
}

export function kidOf(token: string): string | undefined {
  assertCompactJws(token);
  try {
    return decodeProtectedHeader(token).kid;
  } catch (error) {
    throw refused(error);
  }
}

/** Only Ed25519 public keys. Throws `invalid_params`. */
export async function importPublicKey(jwk: StoredJwk): Promise<CryptoKey> {
  const wrong = (cause?: unknown) => new HeadgateError('invalid_params', 'The signing key must be an Ed25519 public key.', { cause });
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519') throw wrong();
  try {
    const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: jwk.x }, 'EdDSA');
    if (key instanceof Uint8Array) throw wrong();
    return key;
  } catch (error) {
    throw error instanceof HeadgateError ? error : wrong(error);
  }
}

function refused(cause?: unknown): HeadgateError {
  return new HeadgateError('unauthenticated', 'The token is not valid here.', { cause, next: 'Sign in or pair again.' });
}
