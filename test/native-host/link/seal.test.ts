// What this device seals is a JWE like any other: jose, with the private half of the key, reads it.
import { compactDecrypt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { createSealer } from '../../../native-host/link/seal.ts';

let seal: (text: string) => string;
let open: (sealed: string) => Promise<string>;
beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true });
  const { kty, crv = '', x = '' } = await exportJWK(publicKey);
  seal = createSealer({ kty: kty ?? '', crv, x });
  open = async (sealed) => new TextDecoder().decode((await compactDecrypt(sealed, privateKey)).plaintext);
});

test('jose opens whatever was sealed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 2_000 }), async (text) => {
      expect(await open(seal(text))).toBe(text);
    }),
    { numRuns: 50 },
  );
});

test('every text has a key and a nonce of its own, also when the next key was made ahead', async () => {
  const first = seal('the same');
  await new Promise((resolve) => setTimeout(resolve, 120));
  const all = [first, seal('the same'), seal('the same')];
  expect(new Set(all.map((sealed) => JSON.stringify(decodeProtectedHeader(sealed).epk))).size).toBe(3);
  expect(new Set(all.map((sealed) => sealed.split('.')[2])).size).toBe(3);
  expect(await Promise.all(all.map(open))).toEqual(['the same', 'the same', 'the same']);
});

test.each([0, 2, 3, 4])('what was changed in part %i does not open', async (part) => {
  const parts = seal('as it was').split('.');
  const changed = parts.map((each, at) => (at === part ? `${each[0] === 'A' ? 'B' : 'A'}${each.slice(1)}` : each)).join('.');
  await expect(open(changed)).rejects.toThrow();
});
