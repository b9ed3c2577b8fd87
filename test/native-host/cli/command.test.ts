// Commands as people allow and run them: the real program, a real agent, and a crash of it.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUNDLES } from '../../../native-host/checkout/places.ts';

/** Seconds, in words that no other test of this machine uses. */
const LONG = `65.1${process.pid}`;
const onLinux = test.runIf(process.platform === 'linux');
let folder: string;
let letters: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'hg-command-')));
  letters = join(folder, 'Letters');
  mkdirSync(letters);
  writeFileSync(join(letters, 'a.txt'), 'one two\nthree\n');
});
afterAll(() => {
  headgate('stop');
  rmSync(folder, { recursive: true });
});

function headgate(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BUNDLES.host, ...args], {
    encoding: 'utf8',
    timeout: 20_000,
    cwd: letters,
    env: { PATH: process.env.PATH, HOME: folder, HEADGATE_HOME: join(folder, 'state') },
  });
  return { status, stdout, stderr };
}

onLinux(
  'a command is allowed, listed, run and revoked',
  () => {
    expect(headgate('grant', '--command', '/usr/bin/wc', '--in', letters, '--', '[-w]', '<files:read>...')).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('lies in no granted folder'),
    });
    expect(headgate('grant', letters).status).toBe(0);
    const allowed = headgate('grant', '--command', 'wc', '--in', letters, '--without-isolation', '--', '[-w]', '<files:read>...');
    expect(allowed.stderr).toBe('');
    expect(allowed.stdout).toContain('wc may be run:');
    expect(headgate('grants').stdout).toMatch(/^wc {2}\/usr\/bin\/wc \[-w\] <files:read>\.\.\. {2}g_/m);
    const done = headgate('run', 'command', 'wc', '--set', 'w', '--', 'a.txt');
    expect(done).toMatchObject({
      status: 0,
      stdout: '3 ./a.txt\n',
      stderr: expect.stringMatching(/✓ Run wc: (in bubblewrap|without isolation).*exit code 0/),
    });
    expect(JSON.parse(headgate('run', 'command', 'wc', '--json', '--', 'a.txt').stdout)).toMatchObject({
      run: { status: 'succeeded' },
      result: { kind: 'facts', lines: [{ from: 'stdout', excerpt: expect.stringContaining('./a.txt') }], cut: 0 },
      output: { code: 0, stdout: expect.stringContaining('./a.txt') },
    });
    expect(headgate('run', 'command', 'wc', '--', '../Letters/../secret').status).not.toBe(0);
    expect(headgate('run', 'command', 'wc', '--', '--files0-from=/etc/passwd')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('Look at “--files0-from=”'),
    });
    expect(headgate('run', 'command', 'cw')).toMatchObject({ stderr: expect.stringContaining('Did you mean "wc"?') });
    expect(headgate('run', 'command', 'wc')).toMatchObject({ stderr: expect.stringContaining('files is missing') });
    expect(headgate('revoke', 'wc').stdout).toContain('The command wc (/usr/bin/wc) is no longer allowed.');
    expect(headgate('run', 'command', 'wc', '--', 'a.txt').stderr).toContain('There is no command "wc".');
  },
  90_000,
);

onLinux('a command that ends with an error says so in words and by its exit code', () => {
  headgate('grant', '--command', '/bin/cat', '--in', letters, '--without-isolation', '--', '<x>');
  expect(headgate('run', 'command', 'cat', '--', 'nothing')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/cat: nothing: No such file[\s\S]*✗ Run cat.*exit code 1/),
  });
});

test.each([
  [['--command', '/usr/bin/env'], 'runs what it is given'],
  [['--command', '/no/such/program'], 'There is no program /no/such/program'],
  [['--command', '/tmp'], 'is no file'],
  [['--command', '/bin/ls', '--', '<x:what>'], 'is no kind of argument'],
  [['--command', '/bin/ls', '--', '<x>', '--all'], 'Put options first'],
  [['--command', '/bin/ls', '--seconds', 'none'], 'no limit of none'],
])('headgate grant %j is refused with the reason', (args, why) => {
  const { status, stderr } = headgate('grant', ...args);
  expect(status).toBeGreaterThan(1);
  expect(stderr).toContain(why);
});

test('help shows how a command line is written', () => {
  expect(headgate('grant', '--help').stdout).toMatch(/<in:read> a file[\s\S]*headgate grant --command pandoc/);
});

onLinux(
  'a crash of the agent while a command runs: it ends as uncertain, runs no second time, and nothing of it is left',
  async () => {
    const program = join(folder, 'programs', 'slow');
    mkdirSync(join(folder, 'programs'));
    writeFileSync(program, `#!/bin/sh\necho began >> began\n(setsid sleep ${LONG} &)\nsleep ${LONG}\n`);
    chmodSync(program, 0o755);
    expect(headgate('grant', `${letters}:read,write`).status).toBe(0);
    expect(headgate('grant', '--command', program, '--in', letters, '--write', '--without-isolation').status).toBe(0);
    const run = headgate('run', 'command', 'slow', '--no-wait').stdout.trim();
    expect(run).toMatch(/^r_/);
    await until(() => existsSync(join(letters, 'began')) && sleeping().length >= 2);
    const { pid } = JSON.parse(readFileSync(join(folder, 'state', 'agent.json'), 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    await until(() => !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/status`, 'utf8').includes('State:\tZ'));
    await until(() => headgate('runs', run).stdout.includes('uncertain'));
    expect(readFileSync(join(letters, 'began'), 'utf8')).toBe('began\n');
    expect(sleeping()).toEqual([]);
  },
  60_000,
);

function sleeping(): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8') === `sleep\0${LONG}\0`;
    } catch {
      return false;
    }
  });
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 15_000; !holds(); ) {
    if (Date.now() > end) throw new Error('it did not come to that');
    await wait(50);
  }
}
