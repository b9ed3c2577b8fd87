import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';
import { loadSettings, saveSettings } from '../../../extension/background/settings.ts';
import { grantId } from '../support/samples.ts';

beforeEach(() => fakeBrowser.reset());

test('settings come back as they were saved', async () => {
  await saveSettings('local', { lastGrant: grantId(3) });
  await saveSettings('session', { problem: { action: 'save-page', code: 'no_text', at: 5 } });
  expect(await loadSettings('local')).toEqual({ lastGrant: grantId(3) });
  expect(await loadSettings('session')).toEqual({ problem: { action: 'save-page', code: 'no_text', at: 5 } });
});

test('damaged settings give the defaults', async () => {
  await fakeBrowser.storage.local.set({ settings: { lastGrant: 'everything' } });
  expect(await loadSettings('local')).toEqual({ lastGrant: null });
});

// Nothing of a page, a file, a run's result or an approval may reach the browser's storage.
test.each([
  ['local', { lastGrant: grantId(1), result: { kind: 'hits', hits: [{ excerpt: 'a line of a file' }] } }],
  ['local', { lastGrant: 'a line of a file' }],
  ['session', { problem: { action: 'save-page', code: 'no_text', at: 5, message: 'a title' } }],
  ['session', { problem: { action: 'save-page', code: 'a title', at: 5 } }],
  ['session', { problem: null, approvals: [{ items: ['a name'] }] }],
] as const)('%s storage refuses %j', async (area, settings) => {
  await expect(saveSettings(area, settings as never)).rejects.toThrow();
  expect(await fakeBrowser.storage[area].get()).toEqual({});
});

test('no other file of the extension names a store of the browser', () => {
  const folder = join(process.cwd(), 'extension');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
  const storing = files.filter((name) =>
    /browser\.storage|chrome\.storage|localStorage|sessionStorage|indexedDB|caches\.open|document\.cookie/.test(
      readFileSync(join(folder, name), 'utf8'),
    ),
  );
  expect(storing).toEqual([join('background', 'settings.ts')]);
});
