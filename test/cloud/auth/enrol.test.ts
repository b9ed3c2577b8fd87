// Enrolment and sign-in at the real door.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CODE_LIFE_MS } from '../../../cloud/auth/codes.ts';
import { JWT_TYPES } from '../../../shared/protocol/agent.ts';
import { enrolDevice, makeKeys, post, seconds, signJws } from '../support/device-program.ts';
import { startTestCloud, type TestCloud } from '../support/test-cloud.ts';

let cloud: TestCloud;
let ahead = 0;
beforeAll(async () => {
  cloud = await startTestCloud({}, { now: () => Date.now() + ahead });
}, 60_000);
afterAll(() => cloud.stop());
/** Past the window of the rate limit, so that each test has its own tries. */
beforeEach(() => {
  ahead += 61_000;
});

const now = () => Date.now() + ahead;
const INVALID = {
  code: 'code_invalid',
  message: 'This code is wrong, was used before, or has expired.',
  retryable: false,
  next: expect.any(String),
};
const errorOf = (answer: { body: unknown }) => (answer.body as { error?: { code: string; message: string } }).error;

async function request(code: string, change: { proof?: string } = {}) {
  const keys = await makeKeys();
  const proof = await signJws(keys.sign, { typ: JWT_TYPES.proof }, { code, iat: seconds(now()) });
  return { code, name: 'laptop', machine: 'm', signKey: keys.signKey, sealKey: keys.sealKey, proof, ...change };
}

test('the first code makes the owner, and a code of theirs brings in another device', async () => {
  const first = await post(`${cloud.url}/v1/devices`, await request((await cloud.makeOwnerCode()).code));
  expect(first.status).toBe(200);
  const { access, person } = first.body as { access: string; person: string };
  const made = await post(`${cloud.url}/v1/codes`, {}, { authorization: `Bearer ${access}` });
  const second = await post(`${cloud.url}/v1/devices`, await request((made.body as { code: string }).code));
  expect((second.body as { person: string }).person).toBe(person);
});

test('a code may be typed small and without its dash', async () => {
  const { code } = await cloud.makeOwnerCode();
  const answer = await post(`${cloud.url}/v1/devices`, { ...(await request(code)), code: code.toLowerCase().replace('-', '') });
  expect(answer.status).toBe(200);
});

test('a person signs in with a code', async () => {
  const answer = await post(`${cloud.url}/v1/sign-in`, { code: (await cloud.makeOwnerCode()).code });
  expect(answer.status).toBe(200);
});

test('a replayed, an expired and an invented code get the same answer', async () => {
  const used = (await cloud.makeOwnerCode()).code;
  await post(`${cloud.url}/v1/sign-in`, { code: used });
  const old = (await cloud.makeOwnerCode()).code;
  ahead += CODE_LIFE_MS;
  for (const code of [used, old, 'AAAA-AAAA']) {
    expect(errorOf(await post(`${cloud.url}/v1/sign-in`, { code }))).toEqual(INVALID);
    expect(errorOf(await post(`${cloud.url}/v1/devices`, await request(code)))).toEqual(INVALID);
  }
});

test('of two at once with one code only one gets in', async () => {
  const { code } = await cloud.makeOwnerCode();
  const answers = await Promise.all([post(`${cloud.url}/v1/sign-in`, { code }), post(`${cloud.url}/v1/sign-in`, { code })]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403]);
});

test.each([
  ['by another key', async (code: string) => signJws((await makeKeys()).sign, { typ: JWT_TYPES.proof }, { code, iat: seconds(now()) })],
  [
    'over another code',
    async (_code: string, sign: CryptoKey) => signJws(sign, { typ: JWT_TYPES.proof }, { code: 'AAAA-AAAA', iat: seconds(now()) }),
  ],
  ['of another type', async (code: string, sign: CryptoKey) => signJws(sign, { typ: JWT_TYPES.assertion }, { code, iat: seconds(now()) })],
  ['from long ago', async (code: string, sign: CryptoKey) => signJws(sign, { typ: JWT_TYPES.proof }, { code, iat: seconds(now()) - 600 })],
])('a proof %s is refused and leaves the code as it is', async (_name, make) => {
  const { code } = await cloud.makeOwnerCode();
  const keys = await makeKeys();
  const good = await request(code);
  const answer = await post(`${cloud.url}/v1/devices`, { ...good, signKey: keys.signKey, proof: await make(code, keys.sign) });
  expect(['unauthenticated', 'token_expired']).toContain(errorOf(answer)?.code);
  expect((await post(`${cloud.url}/v1/devices`, good)).status).toBe(200);
});

test('a code dies after five tries with wrong proofs', async () => {
  const { code } = await cloud.makeOwnerCode();
  const good = await request(code);
  const bad = { ...good, signKey: (await makeKeys()).signKey };
  for (let tries = 0; tries < 5; tries++) await post(`${cloud.url}/v1/devices`, bad);
  expect(errorOf(await post(`${cloud.url}/v1/devices`, good))).toEqual(INVALID);
});

test('more than twenty tries a minute are slowed down', async () => {
  let last = { status: 0, body: {} as unknown };
  for (let tries = 0; tries < 21; tries++) last = await post(`${cloud.url}/v1/sign-in`, { code: 'AAAA-AAAA' });
  expect(last.status).toBe(429);
  expect(errorOf(last)).toMatchObject({ code: 'busy', message: 'There were too many tries.' });
});

test('keys of another kind, control characters and what is no code are refused by field', async () => {
  const { code } = await cloud.makeOwnerCode();
  const good = await request(code);
  expect(errorOf(await post(`${cloud.url}/v1/devices`, { ...good, signKey: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }))?.message).toBe(
    'The signing key must be an Ed25519 public key.',
  );
  expect(errorOf(await post(`${cloud.url}/v1/devices`, { ...good, sealKey: good.signKey }))?.message).toBe(
    'The sealing key must be an X25519 public key.',
  );
  expect(errorOf(await post(`${cloud.url}/v1/devices`, { ...good, name: 'a\u0000b' }))?.code).toBe('invalid_params');
  expect(errorOf(await post(`${cloud.url}/v1/devices`, { ...good, code: 'my secret' }))?.message).toBe(
    'The body is not as expected: code must look like ABCD-1234.',
  );
});

test('a device that enrols again with its key keeps its id', async () => {
  ahead = 0;
  const keys = await makeKeys();
  const first = await enrolDevice(cloud.url, (await cloud.makeOwnerCode()).code, keys);
  const second = await enrolDevice(cloud.url, (await cloud.makeOwnerCode()).code, keys);
  expect(second.device).toBe(first.device);
});
