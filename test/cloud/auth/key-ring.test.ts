import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadKeyRing } from '../../../cloud/auth/key-ring.ts';
import { createTokens } from '../../../cloud/auth/tokens.ts';
import { createLog } from '../../../cloud/log.ts';
import { openStore, type Store } from '../../../cloud/store/open.ts';
import type { DeviceId } from '../../../shared/ids.ts';
import { loadTemplate } from '../support/test-cloud.ts';

let store: Store;
beforeAll(async () => {
  store = await openStore(
    { kind: 'memory', template: await loadTemplate() },
    createLog(() => undefined),
  );
}, 60_000);
afterAll(() => store.close());

test('a rotated key signs anew, the old one still verifies, and after a day it is gone', async () => {
  const DAY = 24 * 3600_000;
  let now = Date.now();
  const ring = await loadKeyRing(store.db, now);
  const tokens = createTokens(
    ring,
    () => 'https://cloud.example',
    () => now,
  );
  const first = ring.signing().kid;
  const { token } = await tokens.issueDevice('d_00000000000000000000000000000001' as DeviceId);
  await ring.rotate(now, true);
  expect(ring.signing().kid).not.toBe(first);
  expect((await tokens.readDevice(token)).device).toBe('d_00000000000000000000000000000001');
  expect(ring.jwks().keys).toHaveLength(2);
  now += DAY + 1;
  await ring.rotate(now);
  expect(ring.jwks().keys).toHaveLength(1);
  expect(ring.verifying(first)).toBeUndefined();
});

test('the keys are the same after a restart, and a key that has signed for a month is replaced', async () => {
  const again = await loadKeyRing(store.db, Date.now());
  const { kid } = again.signing();
  expect((await loadKeyRing(store.db, Date.now())).signing().kid).toBe(kid);
  expect((await loadKeyRing(store.db, Date.now() + 31 * 24 * 3600_000)).signing().kid).not.toBe(kid);
});
