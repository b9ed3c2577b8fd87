// Pairing: where this device lets itself be enrolled, and what a change of cloud leaves behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadDeviceKeys } from '../../../native-host/link/keys.ts';
import { createSession, type Session } from '../../../native-host/link/session.ts';
import { openStore, type Store } from '../../../native-host/state/database.ts';
import { DEVICE, IN_TEN_MINUTES, openSmallCloud, type SmallCloud } from './small-cloud.ts';

let home: string;
let store: Store;
let cloud: SmallCloud;
let session: Session;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'headgate-session-'));
  store = openStore(home);
  cloud = await openSmallCloud();
  cloud.behave.token = () => ({
    status: 200,
    body: { access: 'a', reading: 'b', accessExpiresAt: IN_TEN_MINUTES(), refresh: 'r', device: DEVICE, person: `p_${'6'.repeat(32)}` },
  });
  session = createSession(store, () => loadDeviceKeys(home), Date.now);
});

afterEach(async () => {
  await cloud.close();
  store.close();
  rmSync(home, { recursive: true, force: true });
});

const queued = () => store.get<{ count: number }>('SELECT count(*) AS count FROM outbox')?.count;

test.each(['http://cloud.example', 'http://127.0.0.1.example', 'javascript:alert(1)', 'file:///etc/passwd', 'ftp://127.0.0.1'])(
  'a code is not sent to %s',
  async (address) => {
    await expect(session.pair(address, 'ABCD-1234')).rejects.toMatchObject({ code: 'invalid_params' });
    expect(session.pairing()).toBeNull();
  },
);

test('the extension gets a token for reading, and nothing where the cloud has none', async () => {
  await session.pair(cloud.url, 'ABCD-1234');
  expect(await session.readingToken()).toMatchObject({ token: 'b', cloud: cloud.url });
  cloud.behave.token = () => ({
    status: 200,
    body: { access: 'a', accessExpiresAt: IN_TEN_MINUTES(), refresh: 'r', device: DEVICE, person: `p_${'6'.repeat(32)}` },
  });
  await session.pair(cloud.url, 'ABCD-1234');
  await expect(session.readingToken()).rejects.toMatchObject({ code: 'version_mismatch' });
});

test('what was queued for one cloud does not go to another', async () => {
  await session.pair(cloud.url, 'ABCD-1234');
  store.run(`INSERT INTO outbox (run, method, params) VALUES ('r', 'run.cancel', '{}')`);
  await session.pair(cloud.url, 'ABCD-1234');
  expect(queued()).toBe(1);
  await session.pair(cloud.url.replace('127.0.0.1', 'localhost'), 'ABCD-1234');
  expect(queued()).toBe(0);
});
