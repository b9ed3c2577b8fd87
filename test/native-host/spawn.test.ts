import { setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { runProcess, startDetached, startForPerson } from '../../native-host/spawn.ts';

const node = process.execPath;
const limits = { deadlineMs: 10_000, maxOutputBytes: 1_000_000 };

test('arguments arrive as they are, without a shell', async () => {
  const args = ['$(id)', '; rm -rf x', '*', '"', "a'b", ''];
  const end = await runProcess(node, ['-p', 'JSON.stringify(process.argv.slice(1))', '--', ...args], limits);
  expect(end).toMatchObject({ how: 'exited', code: 0 });
  expect(JSON.parse(end.stdout.toString())).toEqual(args);
});

test('only known names of the environment are passed on', async () => {
  vi.stubEnv('HEADGATE_MODEL_KEY', 'secret');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('NODE_OPTIONS', '--no-warnings');
  vi.stubEnv('LD_PRELOAD', '');
  try {
    const end = await runProcess(node, ['-p', 'JSON.stringify(process.env)'], { ...limits, env: { EXTRA: 'yes' } });
    const seen: Record<string, string> = JSON.parse(end.stdout.toString());
    expect(seen.EXTRA).toBe('yes');
    expect(seen.PATH).toBe(process.env.PATH);
    expect(Object.keys(seen).filter((key) => /HEADGATE|AWS|NODE_|LD_/.test(key))).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
  }
});

test('exit code and what it complained of are told', async () => {
  expect(await runProcess(node, ['-e', 'console.error("no"); process.exit(7)'], limits)).toMatchObject({
    how: 'exited',
    code: 7,
    stderr: 'no\n',
  });
});

test('a program that does not exist is missing', async () => {
  expect(await runProcess('/nonexistent/program', [], limits)).toMatchObject({ how: 'missing', code: null });
  expect(await startForPerson('/nonexistent/program', [], 1_000)).toBe('missing');
});

test('a process that stays too long, ignores being asked or talks too much is ended', async () => {
  const stubborn = 'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)';
  expect(await runProcess(node, ['-e', stubborn], { ...limits, deadlineMs: 300 })).toMatchObject({ how: 'deadline', code: null });
  expect(
    await runProcess(node, ['-e', 'setInterval(() => console.log("x".repeat(10000)), 1)'], { ...limits, maxOutputBytes: 50_000 }),
  ).toMatchObject({ how: 'too_much' });
});

test('cancelling ends it, before the start and after', async () => {
  expect(await runProcess(node, ['-e', ''], { ...limits, signal: AbortSignal.abort() })).toMatchObject({ how: 'cancelled' });
  const abort = new AbortController();
  const running = runProcess(node, ['-e', 'setInterval(() => {}, 1000)'], { ...limits, signal: abort.signal });
  await setTimeout(50);
  abort.abort();
  expect(await running).toMatchObject({ how: 'cancelled' });
});

test('output is taken as it comes, and enough is enough', async () => {
  let seen = 0;
  const end = await runProcess(node, ['-e', 'setInterval(() => console.log("line"), 1)'], {
    ...limits,
    onOutput(chunk) {
      seen += chunk.length;
      return seen < 20;
    },
  });
  expect(end).toMatchObject({ how: 'enough', stdout: Buffer.alloc(0) });
});

test('what the reader of the output throws comes out', async () => {
  const reading = runProcess(node, ['-e', 'setInterval(() => console.log("line"), 1)'], {
    ...limits,
    onOutput() {
      throw new TypeError('bad line');
    },
  });
  await expect(reading).rejects.toThrow('bad line');
});

test('a program for the person is let go once it is running', async () => {
  expect(await startForPerson(node, ['-e', 'setTimeout(() => {}, 600)'], 100)).toBe('running');
  expect(await startForPerson(node, ['-e', 'process.exit(3)'], 5_000)).toBe(3);
});

test('a detached process gets Headgate’s own settings and the pipes that were asked for', async () => {
  vi.stubEnv('HEADGATE_IDLE_SECONDS', '5');
  const child = startDetached(
    node,
    ['-e', 'require("fs").writeSync(3, process.env.HEADGATE_HOME + " " + process.env.HEADGATE_IDLE_SECONDS)'],
    { env: { HEADGATE_HOME: '/x' }, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  vi.unstubAllEnvs();
  let said = '';
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(said).toBe('/x 5');
});
