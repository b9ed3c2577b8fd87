// The cloud's own tokens: a person's access token and a device's token. Both are short EdDSA JWTs with a `typ` of their own,
// so that one can never pass for the other.
import { SignJWT } from 'jose';
import { HeadgateError } from '../../shared/errors.ts';
import { DeviceId, PersonId } from '../../shared/ids.ts';
import { JWT_TYPES } from '../../shared/protocol/agent.ts';
import type { KeyRing } from './key-ring.ts';
import { kidOf, verifyJws } from './verify.ts';

export const ACCESS_TOKEN_MS = 10 * 60_000;
export const DEVICE_TOKEN_MS = 5 * 60_000;

export interface Issued {
  token: string;
  /** Milliseconds, as everywhere outside a JWT. */
  expiresAt: number;
}

/** What a person's token lets its holder do: look at what is theirs, or also change it and ask for runs. */
export type Scope = 'read' | 'write';

export interface AccessClaims {
  person: PersonId;
  scope: Scope;
  /** The refresh family that it was got with; revoking the family ends the token too. */
  family: string;
  expiresAt: number;
}

export interface DeviceClaims {
  device: DeviceId;
  expiresAt: number;
}

export interface Tokens {
  issueAccess(person: PersonId, family: string, scope: Scope): Promise<Issued>;
  issueDevice(device: DeviceId): Promise<Issued>;
  /** Throws `unauthenticated` and `token_expired`. */
  readAccess(token: string): Promise<AccessClaims>;
  readDevice(token: string): Promise<DeviceClaims>;
}

export function createTokens(ring: KeyRing, issuer: () => string, now: () => number): Tokens {
  const issue = async (typ: string, subject: string, claims: Record<string, string>, lifeMs: number): Promise<Issued> => {
    const { kid, key } = ring.signing();
    const at = Math.floor(now() / 1000);
    const exp = at + lifeMs / 1000;
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ, kid })
      .setIssuer(issuer())
      .setAudience(issuer())
      .setSubject(subject)
      .setIssuedAt(at)
      .setExpirationTime(exp)
      .sign(key);
    return { token, expiresAt: exp * 1000 };
  };
  const read = async (typ: (typeof JWT_TYPES)['access' | 'device'], token: string) => {
    const key = ring.verifying(kidOf(token) ?? '');
    if (key === undefined) throw new HeadgateError('unauthenticated', 'The token is not valid here.', { next: 'Sign in or pair again.' });
    const payload = await verifyJws(token, key, {
      typ,
      issuer: issuer(),
      audience: [issuer()],
      requires: ['sub', 'exp', 'iat'],
      now: now(),
    });
    return { subject: payload.sub, family: payload.fam, scope: payload.scope, expiresAt: (payload.exp ?? 0) * 1000 };
  };
  return {
    issueAccess: (person, family, scope) => issue(JWT_TYPES.access, person, { fam: family, scope }, ACCESS_TOKEN_MS),
    issueDevice: (device) => issue(JWT_TYPES.device, device, {}, DEVICE_TOKEN_MS),
    async readAccess(token) {
      const { subject, family, scope, expiresAt } = await read(JWT_TYPES.access, token);
      return {
        person: PersonId.parse(subject),
        scope: scope === 'write' ? 'write' : 'read',
        family: typeof family === 'string' ? family : '',
        expiresAt,
      };
    },
    async readDevice(token) {
      const { subject, expiresAt } = await read(JWT_TYPES.device, token);
      return { device: DeviceId.parse(subject), expiresAt };
    },
  };
}
