// One-time codes: eight characters that cannot be misread, ten minutes, one use. Every refusal is the same answer, so that
// nothing is learnt from it.
import { createHash, randomInt } from 'node:crypto';
import type { Transaction } from 'kysely';
import { HeadgateError } from '../../shared/errors.ts';
import type { PersonId } from '../../shared/ids.ts';
import { addCode, countCodeAttempt, useCode } from '../store/codes.ts';
import { noteSignIn, ownerOr } from '../store/persons.ts';
import type { Database, Tables } from '../store/tables.ts';

/** Without I, O, 0 and 1: 32 characters, so a code holds 40 bits. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
export const CODE_LIFE_MS = 10 * 60_000;

export interface OneTimeCode {
  code: string;
  expiresAt: number;
}

/** `person: null`: for the owner of this cloud, whoever that will be. */
export async function makeCode(db: Database, person: PersonId | null, now: number): Promise<OneTimeCode> {
  const letters = Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const code = `${letters.slice(0, 4)}-${letters.slice(4)}`;
  await addCode(db, {
    hash: hashCode(code),
    kind: person === null ? 'owner' : 'person',
    person,
    created_at: now,
    expires_at: now + CODE_LIFE_MS,
  });
  return { code, expiresAt: now + CODE_LIFE_MS };
}

/** Uses the code up and says whose it is. Throws `code_invalid`. */
export async function redeemCode(tx: Transaction<Tables>, code: string, fresh: PersonId, now: number): Promise<PersonId> {
  const used = await useCode(tx, hashCode(code), now);
  if (used === null)
    throw new HeadgateError('code_invalid', 'This code is wrong, was used before, or has expired.', {
      next: 'Ask for a new code: a cloud shows one when nobody has joined it, or when it is started with "headgate cloud --code".',
    });
  // Written by `makeCode` from a PersonId.
  const person = used.person === null ? await ownerOr(tx, fresh, now) : (used.person as PersonId);
  await noteSignIn(tx, person, now);
  return person;
}

export async function spoilCode(db: Database, code: string): Promise<void> {
  await countCodeAttempt(db, hashCode(code));
}

/** However a person typed it: `abcd-1234` and `ABCD1234` are the same code. */
export function normalizeCode(code: string): string {
  return code.trim().toUpperCase().replace('-', '');
}

function hashCode(code: string): string {
  return createHash('sha256').update(normalizeCode(code)).digest('base64url');
}
