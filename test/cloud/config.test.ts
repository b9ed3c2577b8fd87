import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../cloud/config.ts';
import { EXTENSION_ORIGIN } from './support/test-cloud.ts';

test('without settings it is loopback, port 7420, and no model', () => {
  expect(loadConfig([], { PATH: '/bin', HEADGATE_MODEL: '' })).toMatchObject({
    port: 7420,
    host: '127.0.0.1',
    publicUrl: undefined,
    model: undefined,
    extensionOrigins: [],
    human: false,
    code: false,
    withParent: false,
  });
});

test('settings and flags are read', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'headgate-config-')), 'key');
  writeFileSync(file, 'sk-1\n');
  const env = {
    HEADGATE_CLOUD_PORT: '8000',
    HEADGATE_PUBLIC_URL: 'https://cloud.example/',
    HEADGATE_MODEL_URL: 'http://127.0.0.1:11434/v1',
    HEADGATE_MODEL: 'tiny',
    HEADGATE_MODEL_KEY_FILE: file,
    HEADGATE_EXTENSION_ORIGINS: `${EXTENSION_ORIGIN}/, `,
  };
  expect(loadConfig(['--human', '--with-parent', '--code'], env)).toMatchObject({
    port: 8000,
    publicUrl: 'https://cloud.example',
    model: { url: 'http://127.0.0.1:11434/v1', name: 'tiny', key: 'sk-1' },
    extensionOrigins: [EXTENSION_ORIGIN],
    human: true,
    code: true,
    withParent: true,
  });
});

test.each([
  [{ HEADGATE_CLOUD_PORT: '70000' }, 'The setting HEADGATE_CLOUD_PORT must be at most 65535.'],
  [{ HEADGATE_CLOUD_PORT: 'abc' }, 'The setting HEADGATE_CLOUD_PORT must be a number.'],
  [{ HEADGATE_PUBLIC_URL: 'ftp://x' }, 'The setting HEADGATE_PUBLIC_URL must be an address like https://cloud.example.'],
  [{ HEADGATE_MODEL: 'tiny' }, 'The setting HEADGATE_MODEL_URL is needed beside HEADGATE_MODEL.'],
  [{ HEADGATE_MODEL_URL: 'http://x/v1' }, 'The setting HEADGATE_MODEL is needed beside HEADGATE_MODEL_URL.'],
  [
    { HEADGATE_EXTENSION_ORIGINS: 'https://evil.example' },
    'The setting HEADGATE_EXTENSION_ORIGINS holds what is no origin: one looks like chrome-extension://<32 letters a-p>',
  ],
  [
    { HEADGATE_MODEL_URL: 'http://x/v1', HEADGATE_MODEL: 'm', HEADGATE_MODEL_KEY_FILE: '/nonexistent/key' },
    'HEADGATE_MODEL_KEY_FILE names a file that cannot be read',
  ],
])('%j is refused by name', (env, message) => {
  expect(() => loadConfig([], env)).toThrow(message);
});
