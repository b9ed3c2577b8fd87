// Refresh tokens at the real door, with a clock that tests move.
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { GRACE_MS } from '../../../cloud/auth/sessions.ts';
import { PersonTokens } from '../../../shared/protocol/api.ts';
import { post } from '../support/device-program.ts';
import { startTestCloud, type TestCloud } from '../support/test-cloud.ts';

let cloud: TestCloud;
let ahead = 0;
beforeAll(async () => {
  cloud = await startTestCloud({}, { now: () => Date.now() + ahead });
}, 60_000);
afterAll(() => cloud.stop());

const refresh = (token: string) => post(`${cloud.url}/v1/token`, { grant_type: 'refresh_token', refresh_token: token });
const refreshed = async (token: string) => PersonTokens.parse((await refresh(token)).body).refresh;
const codeOf = (answer: { body: unknown }) => (answer.body as { error?: { code: string } }).error?.code;

test('a refresh token is replaced at each use', async () => {
  const { tokens } = await cloud.enrol();
  const second = await refreshed(tokens.refresh);
  const third = await refreshed(second);
  expect(new Set([tokens.refresh, second, third]).size).toBe(3);
});

test('a client whose answer got lost may ask again once', async () => {
  const { tokens } = await cloud.enrol();
  await refreshed(tokens.refresh);
  const second = await refreshed(tokens.refresh);
  expect(await refreshed(second)).toBeTypeOf('string');
});

test('a second repeat ends the whole family', async () => {
  const { tokens } = await cloud.enrol();
  await refreshed(tokens.refresh);
  const second = await refreshed(tokens.refresh);
  expect(codeOf(await refresh(tokens.refresh))).toBe('revoked');
  expect(codeOf(await refresh(second))).toBe('revoked');
});

test('the token of the lost answer, used after all, ends the family', async () => {
  const { tokens } = await cloud.enrol();
  const lost = await refreshed(tokens.refresh);
  const second = await refreshed(tokens.refresh);
  expect(codeOf(await refresh(lost))).toBe('revoked');
  expect(codeOf(await refresh(second))).toBe('revoked');
});

test('an old token after the grace ends the family, its access tokens and its streams', async () => {
  const { tokens } = await cloud.enrol();
  const second = PersonTokens.parse((await refresh(tokens.refresh)).body);
  const stream = new WebSocket(`${cloud.url.replace('http', 'ws')}/v1/stream`);
  await new Promise((resolve) => stream.once('open', resolve));
  stream.send(
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'stream.hello', params: { protocol: { min: 1, max: 1 }, token: second.access } }),
  );
  await new Promise((resolve) => stream.once('message', resolve));
  const closed = new Promise((resolve) => stream.once('close', resolve));
  ahead += GRACE_MS + 1;
  expect(codeOf(await refresh(tokens.refresh))).toBe('revoked');
  expect(await closed).toBe(4403);
  expect(codeOf(await refresh(second.refresh))).toBe('revoked');
  const list = await fetch(`${cloud.url}/v1/devices`, { headers: { authorization: `Bearer ${second.access}` } });
  expect(codeOf({ body: await list.json() })).toBe('revoked');
});

test('an unknown token says nothing but no', async () => {
  const answer = await refresh('x'.repeat(43));
  expect(answer.status).toBe(401);
  expect(answer.body).toEqual({
    error: { code: 'unauthenticated', message: 'The refresh token is not valid.', retryable: false, next: 'Sign in or pair again.' },
  });
});

test('an access token expires after ten minutes', async () => {
  const { tokens } = await cloud.enrol();
  ahead += 10 * 60_000 + 6_000;
  const answer = await fetch(`${cloud.url}/v1/devices`, { headers: { authorization: `Bearer ${tokens.access}` } });
  expect(codeOf({ body: await answer.json() })).toBe('token_expired');
});
