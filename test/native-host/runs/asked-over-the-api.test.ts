// A run that is asked for over the cloud's API, whole: a real cloud, a real agent that is killed while its question is open, and
// the real command line.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUNDLES } from '../../../native-host/checkout/places.ts';
import { RequestView } from '../../../shared/protocol/api.ts';
import { startTestCloud, type TestCloud } from '../../cloud/support/test-cloud.ts';

const DEADLINE_MS = 30_000;
let base: string;
let folder: string;
let cloud: TestCloud;
let token: string;
let device: string;
let grant: string;

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'hg-asked-')));
  folder = join(base, 'Notes');
  mkdirSync(folder);
  writeFileSync(join(folder, 'weir.md'), 'The river is high in spring. The weir of oak holds the water back. Boats wait below the weir.\n');
  cloud = await startTestCloud();
  await headgate('grant', `${folder}:read,write:home`);
  await headgate('pair', cloud.url, (await cloud.makeOwnerCode()).code);
  const { body } = await call('POST', '/v1/sign-in', { code: (await cloud.makeOwnerCode()).code });
  token = (body as { access: string }).access;
  device = ((await call('GET', '/v1/devices')).body as { devices: { device: string }[] }).devices[0]?.device ?? '';
  grant = ((await headgate('grants')) as { grants: { id: string }[] }).grants[0]?.id ?? '';
}, 120_000);
afterAll(async () => {
  await headgate('stop').catch(() => undefined);
  await cloud.stop();
  rmSync(base, { recursive: true, force: true });
});

function headgate(...args: string[]): Promise<unknown> {
  const env = { PATH: process.env.PATH, HOME: base, HEADGATE_HOME: join(base, 'state') };
  return new Promise((resolve, reject) =>
    execFile(process.execPath, [BUNDLES.host, ...args, '--json'], { env, timeout: DEADLINE_MS }, (error, stdout, stderr) =>
      error === null ? resolve(JSON.parse(stdout)) : reject(new Error(`headgate ${args.join(' ')}: ${stdout}${stderr}`)),
    ),
  );
}

async function call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${cloud.url}${path}`, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function askFor(more: object = {}): Promise<RequestView> {
  const { status, body } = await call('POST', '/v1/runs', { device, recipe: 'folder.digest', input: { grant }, ...more });
  expect(status, JSON.stringify(body)).toBe(200);
  return RequestView.parse(body);
}

async function until(request: string, state: RequestView['state']): Promise<RequestView> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const view = RequestView.parse((await call('GET', `/v1/requests/${request}`)).body);
    if (view.state === state) return view;
    expect(Date.now(), `it stays ${view.state} ${view.code ?? ''}`).toBeLessThan(deadline);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const questions = async () =>
  ((await headgate('approvals')) as { approvals: { id: string; kind: string; run: string; plan: string[] }[] }).approvals;
const digests = () => readdirSync(folder).filter((name) => name.startsWith('Digest'));

async function ended(run: string | null): Promise<string> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const { run: view } = (await headgate('runs', run ?? '')) as { run: { status: string; endedAt: number | null } };
    if (view.endedAt !== null) return view.status;
    expect(Date.now()).toBeLessThan(deadline);
  }
}

test('the person is asked, the agent is killed, the yes starts one run; “always” then starts the next without a question', async () => {
  const asked = await askFor({ request: `q_${'1'.repeat(32)}` });
  await until(asked.request, 'asked');
  const [question] = await questions();
  expect(question).toMatchObject({ kind: 'plan', plan: expect.arrayContaining(['In “Notes” (read, write; label home)']) });
  const { pid } = JSON.parse(readFileSync(join(base, 'state', 'agent.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
  expect(digests()).toEqual([]);

  expect(await questions()).toMatchObject([{ id: question?.id }]);
  await headgate('approvals', question?.id ?? '', 'yes');
  const started = await until(asked.request, 'started');
  expect(started.run).toBe(question?.run);
  expect(await ended(started.run)).toBe('succeeded');
  expect(digests()).toHaveLength(1);
  expect(await askFor({ request: asked.request })).toMatchObject({ state: 'started', run: started.run });
  expect(digests()).toHaveLength(1);

  const second = await askFor();
  await until(second.request, 'asked');
  await headgate('approvals', (await questions())[0]?.id ?? '', 'always');
  expect(await ended((await until(second.request, 'started')).run)).toBe('succeeded');
  const third = await askFor();
  expect(await ended((await until(third.request, 'started')).run)).toBe('succeeded');
  expect(await questions()).toEqual([]);

  const { warrants } = (await headgate('warrants')) as { warrants: { id: string; recipe: string; runsToday: number }[] };
  expect(warrants).toMatchObject([{ recipe: 'folder.digest', runsToday: 1 }]);
  await headgate('warrants', 'end', warrants[0]?.id ?? '');
  const fourth = await askFor();
  await until(fourth.request, 'asked');
  await headgate('approvals', (await questions())[0]?.id ?? '', 'no');
  expect(await until(fourth.request, 'refused')).toMatchObject({ code: 'approval_denied', run: null });
  expect(digests()).toHaveLength(3);
}, 240_000);

test('what only the person may start is refused by the device, and free text already by the cloud', async () => {
  const saved = await askFor({ recipe: 'page.save', input: { grant } });
  expect(await until(saved.request, 'refused')).toMatchObject({ code: 'forbidden' });
  expect((await call('POST', '/v1/runs', { device, recipe: 'folder.digest', input: { grant, path: 'My secret words' } })).status).toBe(400);
  expect((await call('POST', '/v1/runs', { device: `d_${'9'.repeat(32)}`, recipe: 'device.info' })).status).toBe(404);
  expect((await call('POST', '/v1/runs', { device, recipe: 'device.info', request: `q_${'1'.repeat(32)}` })).status).toBe(409);
  expect((await call('GET', `/v1/requests/q_${'8'.repeat(32)}`)).status).toBe(404);
}, 60_000);

test('a request to a device that is away waits for it, and expires', async () => {
  await headgate('stop');
  const waits = await askFor({ recipe: 'device.info', input: {} });
  const late = await askFor({ recipe: 'device.info', input: {}, withinMs: 1_000 });
  expect(waits.state).toBe('waiting');
  await until(late.request, 'expired');
  await headgate('grants');
  await until(waits.request, 'asked');
}, 60_000);
