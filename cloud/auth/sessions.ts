// A person's session: a family of refresh tokens of which one at a time may be used, and the access tokens got with it.
//
// Using the current token replaces it. Using an older one means that two hold the family: it is revoked. One exception:
// the token before the current one, within ten seconds of its use and once, is the client whose answer got lost; it gets
// a new token, and the one that got lost is spent, so whoever then uses that one revokes the family.
import { createHash, randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import { HeadgateError } from '../../shared/errors.ts';
import type { DeviceId, PersonId } from '../../shared/ids.ts';
import type { PersonTokens } from '../../shared/protocol/api.ts';
import {
  addFamily,
  addRefreshToken,
  findRefreshToken,
  type FamilyRow,
  markRefreshToken,
  type RefreshRow,
  revokeFamily,
} from '../store/refresh-tokens.ts';
import type { Database, Tables } from '../store/tables.ts';
import type { Tokens } from './tokens.ts';

export const GRACE_MS = 10_000;
const REFRESH_LIFE_MS = 60 * 24 * 3600_000;

export interface Sessions {
  begin(tx: Transaction<Tables>, person: PersonId, device: DeviceId | null): Promise<PersonTokens>;
  /** Throws `unauthenticated`, and `revoked` when the family is, or has just been because of reuse. */
  refresh(token: string): Promise<PersonTokens>;
}

export function createSessions(services: { db: Database; tokens: Tokens; now(): number; onFamilyRevoked(family: string): void }): Sessions {
  const { db, tokens, now } = services;

  const addNext = async (tx: Transaction<Tables>, family: string, number: number): Promise<string> => {
    const token = randomBytes(32).toString('base64url');
    await addRefreshToken(tx, { hash: hash(token), family, number, expires_at: now() + REFRESH_LIFE_MS }, now());
    return token;
  };
  const answer = async (person: PersonId, family: string, refresh: string): Promise<PersonTokens> => {
    const [access, reading] = await Promise.all([tokens.issueAccess(person, family, 'write'), tokens.issueAccess(person, family, 'read')]);
    return { access: access.token, reading: reading.token, accessExpiresAt: Math.min(access.expiresAt, reading.expiresAt), refresh };
  };

  return {
    async begin(tx, person, device) {
      const family = `f_${randomBytes(16).toString('hex')}`;
      await addFamily(tx, { id: family, person, device }, now());
      return answer(person, family, await addNext(tx, family, 1));
    },
    async refresh(token) {
      const outcome = await db.transaction().execute(async (tx): Promise<RefreshOutcome> => {
        const found = await findRefreshToken(tx, hash(token));
        if (found === null) return { verdict: 'unknown' };
        const verdict = judge(found, now());
        if (verdict === 'reused') await revokeFamily(tx, found.family.id, now());
        if (verdict === 'reused' || verdict === 'revoked' || verdict === 'expired') return { verdict, family: found.family };
        await markRefreshToken(tx, found.token.hash, verdict === 'current' ? { used_at: now() } : { spent: true });
        if (verdict === 'retried') await markRefreshToken(tx, found.last.hash, { used_at: now(), spent: true });
        return { verdict, family: found.family, next: await addNext(tx, found.family.id, found.last.number + 1) };
      });
      if (outcome.verdict === 'reused') services.onFamilyRevoked(outcome.family.id);
      if (outcome.verdict === 'revoked' || outcome.verdict === 'reused')
        throw new HeadgateError('revoked', 'This sign-in was ended.', { next: 'Sign in or pair again.' });
      if (!('next' in outcome))
        throw new HeadgateError('unauthenticated', 'The refresh token is not valid.', { next: 'Sign in or pair again.' });
      // Families are begun with a PersonId.
      return answer(outcome.family.person as PersonId, outcome.family.id, outcome.next);
    },
  };
}

type RefreshOutcome =
  | { verdict: 'unknown' }
  | { verdict: 'reused' | 'revoked' | 'expired'; family: FamilyRow }
  | { verdict: 'current' | 'retried'; family: FamilyRow; next: string };

export type Verdict = 'current' | 'retried' | 'reused' | 'revoked' | 'expired';

/** Pure: what using this token now means. */
export function judge(found: { token: RefreshRow; family: FamilyRow; last: RefreshRow }, now: number): Verdict {
  const { token, family, last } = found;
  if (family.revoked_at !== null) return 'revoked';
  if (token.used_at === null) return token.expires_at <= now ? 'expired' : 'current';
  const isLostAnswer = token.number === last.number - 1 && last.used_at === null && !token.spent && now - token.used_at <= GRACE_MS;
  return isLostAnswer ? 'retried' : 'reused';
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
