// The program itself, as a starter runs it: says that it is ready in one line, keeps runs over a restart, and leaves nothing
// when it is told to stop or its parent is gone. One folder for all, as making a database takes seconds.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { BUNDLES } from '../../native-host/checkout/places.ts';
import { connect, type Enrolled, enrolDevice } from './support/device-program.ts';
import { id, outcome, SEALED, spec } from './support/runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'headgate-main-'));
const started: ChildProcess[] = [];
afterEach(() => started.forEach((child) => void child.kill('SIGKILL')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Started {
  child: ChildProcess;
  out: () => string;
  err: () => string;
  ended: Promise<number | null>;
}

/** A start takes seconds of a processor, of which a busy machine has few. */
const READY_MS = 60_000;

function start(flags: string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [BUNDLES.cloud, ...flags], {
    env: { ...process.env, HEADGATE_CLOUD_DATA: folder, HEADGATE_CLOUD_PORT: '27420', ...env },
    stdio: 'pipe',
  });
  started.push(child);
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  return { child, out: () => out, err: () => err, ended: new Promise((resolve) => child.on('close', resolve)) };
}

async function ready(program: Started): Promise<{ ready: true; url: string; code?: string; codeExpiresAt?: number }> {
  await expect
    .poll(() => program.out() + (program.child.exitCode === null ? '' : `exit: ${program.err()}`), { timeout: READY_MS })
    .toContain('\n');
  return JSON.parse(program.out());
}

let enrolled: Enrolled;
const run = { id: '' };

test('the first start prints one line with a code that enrols, and stops when stdin closes', async () => {
  const program = start(['--with-parent']);
  const said = await ready(program);
  expect(said).toEqual({
    ready: true,
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:274\d\d$/),
    code: expect.stringMatching(/^[A-Z2-9]{4}-[A-Z2-9]{4}$/),
    codeExpiresAt: expect.any(Number),
  });
  enrolled = await enrolDevice(said.url, said.code ?? '');
  const device = await connect(said.url, enrolled);
  const plan = spec(enrolled.device);
  run.id = plan.id;
  await device.ask('run.submit', { spec: plan, sealed: SEALED });

  const second = start([]);
  expect(await second.ended).toBe(1);
  expect(second.err()).toContain(`A Headgate cloud is already running on ${folder}: process ${program.child.pid}.`);

  program.child.stdin?.end();
  expect((await device.closed).code).toBe(1001);
  expect(await program.ended).toBe(0);
  expect(program.out().trim().split('\n')).toHaveLength(1);
}, 150_000);

test('killed and started again, it has no code to give, knows the run and finishes it', async () => {
  const first = start([]);
  expect((await ready(first)).code).toBeUndefined();
  first.child.kill('SIGKILL');
  await first.ended;
  const program = start([]);
  const { url } = await ready(program);
  const device = await connect(url, enrolled, [{ run: run.id as never, epoch: 1, seq: 3 }]);
  await device.next('task.assign', (params) => params.run === run.id);
  await device.report(run.id as never, id('info'), 1, { type: 'succeeded', outcome: outcome() });
  await device.next('run.events', ({ events }) => events.some((event) => event.type === 'run.finished'));
  program.child.kill('SIGTERM');
  expect((await device.closed).code).toBe(1001);
  expect(await program.ended).toBe(0);
}, 150_000);

test('for a person it speaks in prose, with a code when asked for one', async () => {
  const program = start(['--human', '--code']);
  await expect
    .poll(program.out, { timeout: READY_MS })
    .toMatch(
      /^The Headgate cloud is ready at http:\/\/127\.0\.0\.1:274\d\d\. Stop it with Ctrl-C\.\nPair a device with the code [A-Z2-9]{4}-[A-Z2-9]{4} within ten minutes/,
    );
  program.child.kill('SIGINT');
  expect(await program.ended).toBe(0);
}, 150_000);

test('a setting that cannot be used is named', async () => {
  const program = start([], { HEADGATE_CLOUD_PORT: 'many' });
  expect(await program.ended).toBe(2);
  expect(JSON.parse(program.out())).toEqual({
    error: {
      code: 'invalid_params',
      message: 'The setting HEADGATE_CLOUD_PORT must be a number.',
      next: 'Correct or remove HEADGATE_CLOUD_PORT and start again.',
    },
  });
  expect(program.err()).toContain('The setting HEADGATE_CLOUD_PORT must be');
});
