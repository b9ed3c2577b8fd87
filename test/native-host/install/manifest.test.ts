import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXTENSION_ID, GECKO_ID, HOST_NAME, makeManifest, manifestText, parseManifest } from '../../../native-host/install/manifest.ts';

const identity = JSON.parse(readFileSync(new URL('../../../extension/identity.json', import.meta.url), 'utf8')) as {
  key: string;
  id: string;
};

test("the extension's id is the one of the extension, and follows from its key", () => {
  const digest = createHash('sha256').update(Buffer.from(identity.key, 'base64')).digest('hex').slice(0, 32);
  const derived = [...digest].map((nibble) => 'abcdefghijklmnop'[Number.parseInt(nibble, 16)]).join('');
  expect(EXTENSION_ID).toBe(identity.id);
  expect(EXTENSION_ID).toBe(derived);
});

test('the id for Mozilla is the one in the manifest of the extension', () => {
  expect(readFileSync(new URL('../../../wxt.config.ts', import.meta.url), 'utf8')).toContain(`id: '${GECKO_ID}'`);
});

test('Chromium gets origins with a trailing slash, Mozilla add-on ids', () => {
  expect(makeManifest('chromium', '/l')).toMatchObject({
    name: HOST_NAME,
    path: '/l',
    type: 'stdio',
    allowed_origins: [`chrome-extension://${EXTENSION_ID}/`],
  });
  expect(makeManifest('chromium', '/l')).not.toHaveProperty('allowed_extensions');
  expect(makeManifest('gecko', '/l')).toMatchObject({ allowed_extensions: [GECKO_ID] });
  expect(makeManifest('gecko', '/l')).not.toHaveProperty('allowed_origins');
});

test("the host's name is one that every browser takes", () => {
  expect(HOST_NAME).toMatch(/^[a-z0-9_]+(\.[a-z0-9_]+)+$/);
});

test('a manifest says whose it is, and its text is read back', () => {
  const manifest = makeManifest('chromium', '/home/me/bin/headgate-host');
  expect(manifest.description).toContain('/home/me/bin/headgate-host');
  expect(parseManifest(manifestText(manifest))).toEqual(manifest);
});

test('what is no JSON object is no manifest', () => {
  for (const text of ['', 'x', '[]', '3', 'null']) expect(parseManifest(text)).toBeNull();
});
