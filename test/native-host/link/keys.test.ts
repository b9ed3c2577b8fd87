import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactDecrypt, importJWK, type JWK } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadDeviceKeys } from '../../../native-host/link/keys.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'headgate-keys-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
const file = () => join(home, 'device.key');

test('the keys are born once, in a file of their owner’s alone', async () => {
  const first = await loadDeviceKeys(home);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  const second = await loadDeviceKeys(home);
  expect([second.signKey, second.sealKey]).toEqual([first.signKey, first.sealKey]);
});

test('what is handed out of them are the public halves', async () => {
  const { signKey, sealKey } = await loadDeviceKeys(home);
  expect(signKey).toEqual({ kty: 'OKP', crv: 'Ed25519', x: expect.any(String) });
  expect(sealKey).toEqual({ kty: 'OKP', crv: 'X25519', x: expect.any(String) });
});

test('what is sealed opens with the device’s own key and no other', async () => {
  const keys = await loadDeviceKeys(home);
  const sealed = keys.seal('the person’s words 🦊');
  expect(sealed).not.toContain('person');
  const { seal, sign } = JSON.parse(readFileSync(file(), 'utf8')) as { seal: JWK; sign: JWK };
  const { plaintext } = await compactDecrypt(sealed, await importJWK(seal, 'ECDH-ES'));
  expect(new TextDecoder().decode(plaintext)).toBe('the person’s words 🦊');
  await expect(importJWK(sign, 'EdDSA').then((key) => compactDecrypt(sealed, key))).rejects.toThrow();
});

test.each(['', '{}', '{"version":2}', 'x'.repeat(100), '{"version":1,"sign":{},"seal":{}}'])(
  'a damaged file %j is named, and left as it is',
  async (content) => {
    writeFileSync(file(), content);
    await expect(loadDeviceKeys(home)).rejects.toMatchObject({ code: 'state_damaged', message: expect.stringContaining(file()) });
    expect(readFileSync(file(), 'utf8')).toBe(content);
  },
);
