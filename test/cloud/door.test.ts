// Who may call at all: `Host` against DNS rebinding, `Origin` against foreign pages, on HTTP and on both WebSockets.
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { checkDoor, createDoor } from '../../cloud/door.ts';
import { EXTENSION_ORIGIN, startTestCloud, type TestCloud } from './support/test-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
}, 60_000);
afterAll(() => cloud.stop());

function get(headers: Record<string, string>): Promise<{ status: number | undefined; text: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    request(`${cloud.url}/healthz`, { headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode, text, headers: response.headers }));
    })
      .on('error', reject)
      .end();
  });
}

const upgrade = (path: string, options: WebSocket.ClientOptions): Promise<string> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${cloud.url.replace('http', 'ws')}${path}`, options);
    socket.on('open', () => {
      socket.terminate();
      resolve('open');
    });
    socket.on('error', (error) => resolve(error.message));
  });

test('our own names pass', async () => {
  for (const host of [`127.0.0.1:${cloud.port}`, `localhost:${cloud.port}`, `LOCALHOST:${cloud.port}`, `[::1]:${cloud.port}`])
    expect((await get({ host })).status).toBe(200);
});

test('another name that leads here is refused', async () => {
  for (const host of ['evil.example', `evil.example:${cloud.port}`, '127.0.0.1', '127.0.0.1:1', `127.0.0.1.evil.example:${cloud.port}`]) {
    const answer = await get({ host });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'origin_refused', message: 'This cloud does not go by that name.' } });
  }
});

test('a page of another origin is refused and gets no CORS header', async () => {
  for (const origin of [
    'https://evil.example',
    'null',
    cloud.url,
    `${EXTENSION_ORIGIN}x`,
    'chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba',
  ]) {
    const answer = await get({ origin });
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  }
});

test('the product’s extension is answered with its own origin', async () => {
  const answer = await get({ origin: EXTENSION_ORIGIN });
  expect(answer.status).toBe(200);
  expect(answer.headers['access-control-allow-origin']).toBe(EXTENSION_ORIGIN);
});

test.each(['/v1/agent', '/v1/stream'])('%s is not opened to a foreign page or under a foreign name', async (path) => {
  expect(await upgrade(path, { origin: 'https://evil.example' })).toContain('403');
  expect(await upgrade(path, { headers: { host: 'evil.example' } })).toContain('403');
  expect(await upgrade(path, { origin: EXTENSION_ORIGIN })).toBe('open');
});

test('a form post from a page has no content type that is taken', async () => {
  const answer = await fetch(`${cloud.url}/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '{"code":"AAAA-AAAA"}',
  });
  expect(await answer.json()).toMatchObject({ error: { code: 'invalid_request' } });
});

test('a public name without a port is known with and without its standard port', () => {
  const door = createDoor('https://cloud.example', { host: '10.0.0.1', port: 7420 }, []);
  expect(() => checkDoor(door, { host: 'cloud.example' })).not.toThrow();
  expect(() => checkDoor(door, { host: '127.0.0.1:7420' })).toThrow('does not go by that name');
});
