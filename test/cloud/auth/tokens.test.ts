// Forged, foreign, expired and misused tokens at the real doors.
import * as jose from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JWT_TYPES } from '../../../shared/protocol/agent.ts';
import { assertion, deviceToken, type Enrolled, makeKeys, post, seconds, signJws } from '../support/device-program.ts';
import { startTestCloud, type TestCloud } from '../support/test-cloud.ts';

let cloud: TestCloud;
let enrolled: Enrolled;
beforeAll(async () => {
  cloud = await startTestCloud();
  enrolled = await cloud.enrol();
}, 60_000);
afterAll(() => cloud.stop());

const codeOf = (body: unknown) => (body as { error?: { code: string } }).error?.code;
const tokenFor = async (client_assertion: string) => post(`${cloud.url}/v1/token`, { grant_type: 'client_credentials', client_assertion });
const devices = async (token: string) => {
  const answer = await fetch(`${cloud.url}/v1/devices`, { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, code: codeOf(await answer.json()) };
};

test('an assertion gets a device token of five minutes, signed by a key of the JWKS', async () => {
  const token = await deviceToken(cloud.url, enrolled);
  const jwks = jose.createLocalJWKSet((await (await fetch(`${cloud.url}/.well-known/jwks.json`)).json()) as jose.JSONWebKeySet);
  const { payload, protectedHeader } = await jose.jwtVerify(token, jwks, { issuer: cloud.url, audience: cloud.url });
  expect(protectedHeader).toMatchObject({ alg: 'EdDSA', typ: 'hg-device+jwt' });
  expect(payload.sub).toBe(enrolled.device);
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
});

test('the JWKS shows no private half', async () => {
  expect(await (await fetch(`${cloud.url}/.well-known/jwks.json`)).text()).not.toMatch(/"d"/);
});

test('an assertion is good once', async () => {
  const once = await assertion(cloud.url, enrolled);
  expect((await tokenFor(once)).status).toBe(200);
  expect(codeOf((await tokenFor(once)).body)).toBe('unauthenticated');
});

test.each<[string, () => jose.JWTPayload]>([
  ['for another audience', () => ({ aud: 'https://other.example' })],
  ['for the token endpoint instead of the issuer', () => ({ aud: `${cloud.url}/v1/token` })],
  ['for several audiences', () => ({ aud: [cloud.url, 'https://other.example'] })],
  ['without an id', () => ({ jti: undefined })],
  ['by another issuer', () => ({ iss: 'd_00000000000000000000000000000000' })],
  ['for longer than five minutes', () => ({ exp: seconds() + 600 })],
  ['without an end', () => ({ exp: undefined })],
])('an assertion %s is refused', async (_name, change) => {
  expect(codeOf((await tokenFor(await assertion(cloud.url, enrolled, change()))).body)).toBe('unauthenticated');
});

test('an expired assertion says so', async () => {
  expect(codeOf((await tokenFor(await assertion(cloud.url, enrolled, { exp: seconds() - 60 }))).body)).toBe('token_expired');
});

test('an assertion by another key is refused', async () => {
  expect(codeOf((await tokenFor(await assertion(cloud.url, { device: enrolled.device, keys: await makeKeys() }))).body)).toBe(
    'unauthenticated',
  );
});

test('an assertion of an unknown device is refused in the same words as one by another key', async () => {
  const unknown = await tokenFor(
    await assertion(cloud.url, { device: 'd_00000000000000000000000000000000' as typeof enrolled.device, keys: enrolled.keys }),
  );
  expect(codeOf(unknown.body)).toBe('unauthenticated');
});

test('a device token is no access token, nor is an assertion', async () => {
  expect(await devices(await deviceToken(cloud.url, enrolled))).toEqual({ status: 401, code: 'unauthenticated' });
  expect(await devices(await assertion(cloud.url, enrolled))).toEqual({ status: 401, code: 'unauthenticated' });
});

test('tokens with a forged key, no algorithm, or an HMAC by our public key are refused', async () => {
  const { keys } = (await (await fetch(`${cloud.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string; x: string }[] };
  const kid = keys[0]?.kid ?? '';
  const payload = { sub: enrolled.person, fam: 'f', iss: cloud.url, aud: cloud.url, iat: seconds(), exp: seconds() + 60 };
  const forged = await new jose.SignJWT(payload)
    .setProtectedHeader({ alg: 'EdDSA', typ: JWT_TYPES.access, kid })
    .sign((await makeKeys()).sign);
  const hmac = await new jose.SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256', typ: JWT_TYPES.access, kid })
    .sign(Buffer.from(keys[0]?.x ?? '', 'base64url'));
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const none = `${part({ alg: 'none', typ: JWT_TYPES.access, kid })}.${part(payload)}.YQ`;
  const embedded = await new jose.SignJWT(payload)
    .setProtectedHeader({ alg: 'EdDSA', typ: JWT_TYPES.access, jwk: enrolled.keys.signKey })
    .sign(enrolled.keys.sign);
  for (const token of [forged, hmac, none, embedded]) expect(await devices(token)).toEqual({ status: 401, code: 'unauthenticated' });
});

test('a signature in another spelling is refused', async () => {
  const { access } = enrolled.tokens;
  expect(await devices(access)).toEqual({ status: 200, code: undefined });
  const last = access.at(-1) ?? '';
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const twin = alphabet[alphabet.indexOf(last) + 1] ?? '';
  expect(Buffer.from(access.split('.')[2]?.slice(0, -1) + twin, 'base64url')).toEqual(Buffer.from(access.split('.')[2] ?? '', 'base64url'));
  expect(await devices(access.slice(0, -1) + twin)).toEqual({ status: 401, code: 'unauthenticated' });
});

test('a proof is no assertion although the same key signs both', async () => {
  const payload = {
    iss: enrolled.device,
    sub: enrolled.device,
    aud: cloud.url,
    jti: crypto.randomUUID(),
    iat: seconds(),
    exp: seconds() + 60,
  };
  expect(codeOf((await tokenFor(await signJws(enrolled.keys.sign, { typ: JWT_TYPES.proof }, payload))).body)).toBe('unauthenticated');
});

test('a revoked device gets no token', async () => {
  const other = await cloud.enrol();
  const answer = await fetch(`${cloud.url}/v1/devices/${other.device}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${enrolled.tokens.access}` },
  });
  expect(answer.status).toBe(200);
  expect(codeOf((await tokenFor(await assertion(cloud.url, other))).body)).toBe('revoked');
});
