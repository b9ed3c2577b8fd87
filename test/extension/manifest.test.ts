import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import identity from '../../extension/identity.json' with { type: 'json' };
import config from '../../wxt.config.ts';

type Manifest = Record<string, unknown> & { permissions: string[]; content_security_policy: { extension_pages: string } };

function manifestFor(browser: 'chrome' | 'firefox'): Manifest {
  const make = config.manifest as unknown as (env: object) => Manifest;
  return make({ browser, manifestVersion: 3, mode: 'production', command: 'build' });
}

/** Why each permission is there; one more needs its reason here. */
const REASONS: Record<string, string> = {
  nativeMessaging: 'speaks with the host',
  contextMenus: 'save page, selection, link and image',
  activeTab: 'reads a page only when the person acts on it',
  scripting: 'runs the clip script there',
  storage: 'the last folder, and the code of an action that failed',
  notifications: 'says that a question waits, of its kind alone, when nobody looks at it',
};

test('the manifest asks for no permission without a reason', () => {
  expect(manifestFor('chrome').permissions.toSorted()).toEqual(Object.keys(REASONS).toSorted());
});

/** The same for what is asked for only when the person clicks. */
const ASKED: Record<string, string> = {
  downloads: 'fetches a file with the person’s session where the host gets none',
};

test('the manifest may ask for no permission without a reason either', () => {
  for (const browser of ['chrome', 'firefox'] as const) expect(manifestFor(browser).optional_permissions).toEqual(Object.keys(ASKED));
});

test('the manifest reaches no site but a cloud on this machine, and other origins only when asked', () => {
  const { host_permissions, optional_host_permissions } = manifestFor('chrome');
  expect(host_permissions).toEqual(['http://127.0.0.1/*']);
  expect(optional_host_permissions).toEqual(['https://*/*']);
});

test('the policy allows scripts of the extension alone', () => {
  const policy = manifestFor('firefox').content_security_policy.extension_pages;
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/unsafe|\*\.|http:\/\/(?!127\.0\.0\.1)/);
  expect(policy).toContain("connect-src 'self' https: wss: http://127.0.0.1:* ws://127.0.0.1:*");
});

test('the id that other parts know is the one that the key gives', () => {
  const digest = createHash('sha256').update(Buffer.from(identity.key, 'base64')).digest('hex').slice(0, 32);
  expect(identity.id).toBe([...digest].map((nibble) => String.fromCharCode(97 + Number.parseInt(nibble, 16))).join(''));
  expect(manifestFor('chrome').key).toBe(identity.key);
  expect(manifestFor('firefox').key).toBeUndefined();
});
