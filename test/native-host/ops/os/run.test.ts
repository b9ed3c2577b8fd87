import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isolationHere } from '../../../../native-host/commands/isolation.ts';
import { HeadgateError } from '../../../../shared/errors.ts';
import { whyNoBubblewrap } from '../../../support/get-bubblewrap.ts';
import { allow, saidOf, saying, start, writeProgram } from '../../support/commands.ts';
import { grantFolder, type Granted } from '../../support/granted.ts';
import { codeOf } from '../../support/op-outputs.ts';

const noBubblewrap = await whyNoBubblewrap();
const onPosix = process.platform !== 'win32';
/** Both ways: with bubblewrap where it is to be had, and as if it were not. */
const WAYS = [
  ...(noBubblewrap === null ? [{ way: 'in bubblewrap', jailed: true }] : []),
  ...(onPosix ? [{ way: 'without isolation', jailed: false }] : []),
];

let granted: Granted;
beforeEach(() => {
  granted = grantFolder();
});
afterEach(() => {
  vi.unstubAllEnvs();
  granted[Symbol.dispose]();
});

/** A PATH on which everything is but bubblewrap. */
function withoutBubblewrap(): void {
  const bin = join(granted.base, 'bin');
  mkdirSync(bin);
  for (const name of ['prlimit', 'ps']) {
    const from = ['/usr/bin', '/bin'].map((folder) => join(folder, name)).find((path) => readdirSync(join(path, '..')).includes(name));
    if (from !== undefined) symlinkSync(from, join(bin, name));
  }
  vi.stubEnv('PATH', bin);
}

describe.each(WAYS)('a command $way', ({ jailed }) => {
  beforeEach(() => {
    if (!jailed) withoutBubblewrap();
  });

  test('runs with its arguments as they are, in its folder, and says how it was isolated', async () => {
    granted.write('a.txt', 'x');
    const program = writeProgram(granted, 'show', 'for each in "$@"; do printf "[%s]" "$each"; done; echo; ls; echo oops >&2; exit 7');
    const command = allow(granted, program, ['--fixed', '[-v]', '-o <one>', '<rest>...']);
    const said = await saying(granted, command, { one: '$(id) `id` ; | & > x', rest: ['*', '-rf', '--pre=/bin/sh', '~', '"\'\\', 'a  b'] });
    expect(said).toMatchObject({
      stdout: `[--fixed][-o][$(id) \`id\` ; | & > x][--][*][-rf][--pre=/bin/sh][~]["'\\][a  b]\na.txt\n`,
      stderr: 'oops\n',
      code: 7,
      note: jailed
        ? 'in bubblewrap: no network, sees only its folder, read-only'
        : 'without isolation: may read, change and send anything, cannot be undone',
    });
  });

  test('gets an environment of a few names, with nothing of ours or of the person in it', async () => {
    for (const name of ['HEADGATE_MODEL_KEY', 'AWS_SECRET_ACCESS_KEY', 'SSH_AUTH_SOCK', 'HOME', 'NODE_OPTIONS']) vi.stubEnv(name, 'secret');
    const { stdout } = await saying(granted, allow(granted, '/usr/bin/env', [], { interpreter: true }));
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.filter((name) => name !== 'PWD').sort()).toEqual(['HEADGATE_RUN', 'LANG', 'PATH']);
    expect(stdout).not.toContain('secret');
  });

  test('finds no descriptor open but its own', async () => {
    const program = writeProgram(granted, 'open', 'for each in /proc/self/fd/*; do readlink "$each"; done');
    const { stdout } = await saying(granted, allow(granted, program, []));
    const others = stdout.split('\n').filter((line) => line !== '' && !/^(pipe|socket):|^\/dev\/null$|^\/proc\//.test(line));
    // Unisolated it works in its folder by descriptor, and is read by the shell.
    expect(others.filter((line) => jailed || (!line.startsWith(granted.folder) && !line.endsWith('/programs/open')))).toEqual([]);
  });

  test.each([
    ['leads up', '../home/x'],
    ['is absolute', '/etc/passwd'],
    ['is hidden in the middle', 'a/../../x'],
    ['is protected', '.ssh/id_rsa'],
    ['is not there', 'b.txt'],
  ])('a file whose path %s is refused', async (_what, path) => {
    mkdirSync(join(granted.folder, '.ssh'));
    granted.write('.ssh/id_rsa', 'key');
    granted.write('a/x', 'x');
    expect(await codeOf(start(granted, allow(granted, '/bin/cat', ['<in:read>']), { in: path }))).toMatch(/path_refused|vanished/);
    expect(
      await codeOf(start(granted, allow(granted, '/bin/cp', ['<in:read>', '<out:write>'], { write: true }), { in: 'a/x', out: path })),
    ).toMatch(/path_refused|nothing/);
  });

  test('makes a file where it may, and none over another unless it is told to', async () => {
    granted.write('a.txt', 'one');
    granted.write('taken.txt', 'two');
    const copy = allow(granted, '/bin/cp', ['<in:read>', '<out:write>'], { write: true });
    const result = await start(granted, copy, { in: 'a.txt', out: 'new.txt' });
    expect(saidOf(granted, result).code).toBe(0);
    expect(readFileSync(join(granted.folder, 'new.txt'), 'utf8')).toBe('one');
    expect(granted.context.handles.get(result.outputs[3]?.handle as never).file?.path).toBe('new.txt');
    expect(await codeOf(start(granted, copy, { in: 'a.txt', out: 'taken.txt' }))).toBe('name_taken');
    const over = allow(granted, '/bin/cp', ['<in:read>', '<out:replace>'], { write: true });
    expect(saidOf(granted, await start(granted, over, { in: 'a.txt', out: 'taken.txt' })).code).toBe(0);
    expect(readFileSync(join(granted.folder, 'taken.txt'), 'utf8')).toBe('one');
  });

  test('a file of another grant comes by its handle', async () => {
    const other = join(granted.base, 'Other');
    mkdirSync(other);
    writeFileSync(join(other, '-letter.txt'), 'dear');
    const grant = granted.grants.add({ folder: other, label: 'open' });
    const command = allow(granted, '/bin/cat', ['<in:read>'], { label: 'open' });
    const result = await start(granted, command, { in: { target: 0 } }, { target: [{ grant: grant.id, path: '-letter.txt' }] });
    expect(saidOf(granted, result)).toMatchObject({ stdout: 'dear', code: 0 });
    expect(await codeOf(start(granted, command, { in: { target: 1 } }, { target: [] }))).toBe('invalid_params');
  });

  test('works in the folder that was opened, whatever takes its name meanwhile', async () => {
    mkdirSync(join(granted.folder, 'work'));
    granted.write('work/mine', 'x');
    mkdirSync(join(granted.base, 'elsewhere'));
    writeFileSync(join(granted.base, 'elsewhere', 'secret'), 'x');
    const command = allow(granted, '/bin/ls', [], { folder: join(granted.folder, 'work') });
    symlinkSync(join(granted.base, 'elsewhere'), join(granted.folder, 'link'));
    const swap = await startSwapping(granted.folder);
    try {
      for (let round = 0; round < 15; round++) {
        const said = await saying(granted, command).catch((error: unknown) => error);
        // The gate or bubblewrap notices that something is moving, or it is the folder that was opened.
        if (said instanceof HeadgateError) expect(said.code).toMatch(/path_refused|vanished|not_a_folder|unavailable/);
        else expect((said as { stdout: string }).stdout).toMatch(/^(mine\n)?$/);
      }
    } finally {
      await swap.end();
    }
  });

  test('a program that was swapped after it was allowed by its bytes is refused', async () => {
    const program = writeProgram(granted, 'tool', 'echo good');
    const command = allow(granted, program, [], { hash: true });
    expect((await saying(granted, command)).stdout).toBe('good\n');
    writeProgram(granted, 'tool', 'echo evil');
    const refused = start(granted, command);
    expect(await codeOf(refused)).toBe('grant_refused');
    await expect(refused).rejects.toThrow('its bytes are others');
  });

  test('a pinned program that is no script is started from the bytes that were looked at', async () => {
    const program = join(granted.base, 'programs', 'mycat');
    mkdirSync(join(granted.base, 'programs'));
    copyFileSync('/bin/cat', program);
    chmodSync(program, 0o755);
    granted.write('a', 'meow');
    expect((await saying(granted, allow(granted, program, ['<in:read>'], { hash: true }), { in: 'a' })).stdout).toBe('meow');
  });

  test('a flood of output is cut', async () => {
    const command = allow(granted, writeProgram(granted, 'flood', 'while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxx; done'), [], {
      limits: { outputBytes: 100_000 },
    });
    await expect(start(granted, command)).rejects.toMatchObject({
      code: 'limit_reached',
      message: 'It said more than 100 kB and was ended.',
    });
  });

  test('who takes longer than allowed is ended', async () => {
    const command = allow(granted, '/bin/sleep', ['60'], { limits: { seconds: 1 } });
    await expect(start(granted, command)).rejects.toMatchObject({ code: 'limit_reached', message: 'It took more than 1 s and was ended.' });
  });

  test('who takes more memory than allowed is ended, alone or together', async () => {
    const one = allow(granted, process.execPath, ['-e <code:/.*/1000>'], {
      interpreter: true,
      limits: { memoryMegabytes: 300, seconds: 30 },
    });
    const hog = 'const kept = []; for (;;) kept.push(Buffer.alloc(20_000_000, 1));';
    const alone = await saying(granted, one, { code: hog }).catch((error: unknown) => error);
    // Either the kernel gives it no more, and it fails, or it is ended.
    if (alone instanceof HeadgateError) expect(alone.code).toBe('limit_reached');
    else expect((alone as { code: number }).code).not.toBe(0);
    const many = `const {spawn} = require('child_process'); for (let i = 0; i < 5; i++) spawn(process.execPath, ['-e', 'const kept = Buffer.alloc(100_000_000, 1); setInterval(() => kept, 1000)']); setInterval(() => {}, 1000)`;
    await expect(start(granted, one, { code: many })).rejects.toMatchObject({ code: 'limit_reached', message: /memory/ });
  });

  test('who starts more and more processes is ended, and nothing of it is left', async () => {
    const program = writeProgram(granted, 'bomb', `while :; do sleep ${sleepFor(61)} & done`);
    const command = allow(granted, program, [], { limits: { processes: 40 } });
    const end = await saying(granted, command).catch((error: unknown) => error);
    if (end instanceof HeadgateError) expect(end.message).toMatch(/processes|said more/);
    expect(running(61)).toEqual([]);
  });

  test('who ignores signals, opens a session of its own and lets itself be adopted is gone after a cancel', async () => {
    const program = writeProgram(
      granted,
      'daemon',
      `trap '' INT TERM HUP
(setsid sh -c "trap '' INT TERM HUP; (setsid sleep ${sleepFor(62)} &) ; sleep ${sleepFor(62)}" &)
echo up
sleep ${sleepFor(62)} & wait; sleep ${sleepFor(62)}`,
    );
    const abort = new AbortController();
    const ending = start(granted, allow(granted, program, []), {}, { context: { signal: abort.signal } });
    await until(() => running(62).length >= 3);
    const cancelledAt = performance.now();
    abort.abort(new HeadgateError('cancelled', 'Cancelled.'));
    expect(await codeOf(ending)).toBe('cancelled');
    expect(performance.now() - cancelledAt).toBeGreaterThan(7_000);
    expect(running(62)).toEqual([]);
  });

  test('who leaves when asked is asked within a second', async () => {
    const program = writeProgram(granted, 'polite', `trap 'echo interrupted; exit 0' INT\necho up\nwhile :; do sleep ${sleepFor(0)}; done`);
    const abort = new AbortController();
    const ending = start(granted, allow(granted, program, []), {}, { context: { signal: abort.signal } });
    await until(() => running(0).length > 0);
    abort.abort(new HeadgateError('cancelled', 'Cancelled.'));
    const cancelledAt = performance.now();
    expect(await codeOf(ending)).toBe('cancelled');
    expect(performance.now() - cancelledAt).toBeLessThan(4_000);
  });

  test('what it leaves running when it ends is ended with it', async () => {
    const program = writeProgram(granted, 'leaver', `(setsid sleep ${sleepFor(63)} >/dev/null 2>&1 &)\nsleep 0.5\necho done`);
    expect((await saying(granted, allow(granted, program, []))).stdout).toBe('done\n');
    expect(running(63)).toEqual([]);
  });

  test('who is not allowed any more is not started', async () => {
    const command = allow(granted, '/bin/ls', []);
    granted.grants.revoke(command.id);
    expect(await codeOf(start(granted, command))).toBe('grant_not_found');
    const other = allow(granted, '/bin/ls', []);
    granted.grants.narrow(granted.grant.id, { rights: ['read'] });
    expect((await saying(granted, other)).code).toBe(0);
    granted.grants.revoke(granted.grant.id);
    expect(await codeOf(start(granted, other))).toBe('grant_not_found');
  });

  test('what it says has the strictest label of all that it could see', async () => {
    const labelOf = async (label: 'open' | 'ask' | 'home') =>
      (await start(granted, allow(granted, '/bin/ls', [], { label }))).outputs[0]?.label;
    expect(await labelOf('open')).toBe('open');
    expect(await labelOf('ask')).toBe('ask');
    mkdirSync(join(granted.folder, 'diary'));
    const inner = granted.grants.add({ folder: join(granted.folder, 'diary'), label: 'home' });
    expect(await labelOf('open')).toBe('home');
    granted.grants.revoke(inner.id, 'the person');
    expect(await labelOf('open')).toBe('open');
    granted.write('a', 'x');
    linkSync(join(granted.folder, 'a'), join(granted.base, 'b'));
    expect(await labelOf('open')).toBe('home');
  });

  test.runIf(process.platform === 'linux')('a name that is no text and not for it stops it, and nothing is made in its place', async () => {
    granted.grants.narrow(granted.grant.id, { exclude: ['*.key'] });
    writeFileSync(Buffer.concat([Buffer.from(`${granted.folder}/s`), Buffer.from([0xff]), Buffer.from('.key')]), 'secret');
    const program = writeProgram(granted, 'all', 'cat *');
    for (const write of [false, true]) expect(await codeOf(start(granted, allow(granted, program, [], { write })))).toBe('path_refused');
    expect(readdirSync(granted.folder)).toHaveLength(1);
  });

  test('one that may write does not see what is stricter than where it writes', async () => {
    const copy = allow(granted, '/bin/cp', ['diary/today.txt', 'out.txt'], { write: true });
    granted.write('diary/today.txt', 'secret');
    granted.grants.add({ folder: join(granted.folder, 'diary'), label: 'home' });
    expect(await codeOf(start(granted, copy))).toBe('label_refused');
    const other = join(granted.base, 'Other');
    mkdirSync(other);
    writeFileSync(join(other, 'letter.txt'), 'dear');
    const { id } = granted.grants.add({ folder: other, label: 'home' });
    const take = allow(granted, '/bin/cp', ['<in:read>', 'out.txt'], { write: true });
    expect(await codeOf(start(granted, take, { in: { target: 0 } }, { target: [{ grant: id, path: 'letter.txt' }] }))).toBe(
      'label_refused',
    );
    expect(readdirSync(granted.folder)).toEqual(['diary']);
    granted.grants.narrow(granted.grant.id, { label: 'home' });
    expect(saidOf(granted, await start(granted, take, { in: 'diary/today.txt' })).code).toBe(0);
  });

  test('nor where globs leave the name of its folder out', async () => {
    granted.write('sub/diary/today.txt', 'secret');
    granted.grants.add({ folder: granted.folder, include: ['*.txt'] });
    granted.grants.add({ folder: join(granted.folder, 'sub/diary'), label: 'home' });
    const folder = join(granted.folder, 'sub');
    const copy = allow(granted, '/bin/cp', ['diary/today.txt', 'out.txt'], { write: true, folder });
    expect(await codeOf(start(granted, copy))).toBe('label_refused');
    expect(readdirSync(folder)).toEqual(['diary']);
  });

  test('it makes nothing of a name that the grant leaves out, or that nobody changes', async () => {
    granted.write('a.txt', 'x');
    granted.grants.narrow(granted.grant.id, { exclude: ['*.key'] });
    mkdirSync(join(granted.folder, '.git'));
    const copy = allow(granted, '/bin/cp', ['a.txt', '<out:write>'], { write: true });
    for (const out of ['a.key', '.git/commondir', '.bashrc']) expect(await codeOf(start(granted, copy, { out }))).toBe('path_refused');
    expect(readdirSync(granted.folder).sort()).toEqual(['.git', 'a.txt']);
  });

  test('with the network, nothing that is labelled home is seen', async () => {
    granted.grants.narrow(granted.grant.id, { label: 'home' });
    expect(await codeOf(start(granted, allow(granted, '/bin/ls', [], { network: 'yes' })))).toBe('label_refused');
  });

  test('what is announced before the start finds what a crash leaves running', async () => {
    const abort = new AbortController();
    const ending = codeOf(start(granted, allow(granted, '/bin/sleep', [sleepFor(64)]), {}, { context: { signal: abort.signal } }));
    await until(() => running(64).length > 0);
    const { settleRun } = await import('../../../../native-host/ops/os/run.ts');
    expect(await settleRun(granted.intents[0], granted.context)).toBeNull();
    expect(running(64)).toEqual([]);
    await ending;
    expect(await settleRun(null, granted.context)).toBe('nothing');
  });
});

const jail = test.skipIf(noBubblewrap !== null);

jail('in bubblewrap nothing is seen of the person but the folder, and in it nothing protected', async () => {
  granted.write('a.txt', 'x');
  granted.write('.ssh/id_rsa', 'key');
  granted.write('deep/.git/config', 'x');
  granted.write('deep/.bashrc', 'x');
  writeFileSync(join(granted.base, 'outside'), 'secret');
  symlinkSync(join(granted.base, 'outside'), join(granted.folder, 'link'));
  const socket = createServer().listen(join(granted.folder, 'agent.sock'));
  try {
    await new Promise((resolve) => socket.once('listening', resolve));
    const program = writeProgram(
      granted,
      'look',
      `ls -A . .ssh deep; cat link .ssh/id_rsa deep/.bashrc deep/.git/config; test -S agent.sock && echo socket; ls ${granted.base} ${granted.home} /home /root /var; hostname`,
    );
    const { stdout, stderr } = await saying(granted, allow(granted, program, []));
    expect(stdout).toContain('a.txt');
    expect(stdout).not.toMatch(/key|secret|socket|outside|grants/);
    expect(stderr).toMatch(/link: No such file/);
    expect(stderr).toMatch(/id_rsa: (No such file|Permission denied)/);
    expect(stdout.trim().split('\n').at(-1)).toBe('headgate');
  } finally {
    await new Promise((resolve) => socket.close(resolve));
  }
});

jail('in bubblewrap nothing is written but where it was allowed', async () => {
  const program = writeProgram(
    granted,
    'write',
    'for at in /work/x /usr/x /x /dev/x /etc/x /proc/sys/kernel/hostname /proc/self/comm; do echo x > $at && echo "$at"; done; echo x > /tmp/x && echo tmp',
  );
  expect((await saying(granted, allow(granted, program, []))).stdout).toBe('tmp\n');
  expect((await saying(granted, allow(granted, program, [], { write: true }))).stdout).toBe('/work/x\ntmp\n');
  expect(readdirSync(granted.folder)).toEqual(['x']);
});

jail('in bubblewrap there is no network, unless it was allowed', async () => {
  const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const code = `require('net').connect(${port}, '127.0.0.1').on('data', (d) => console.log(String(d))).on('error', (e) => console.log(e.code))`;
    const wish = { interpreter: true, limits: { memoryMegabytes: 2000 } };
    expect((await saying(granted, allow(granted, process.execPath, ['-e <code:/.*/1000>'], wish), { code })).stdout).toBe('ECONNREFUSED\n');
    expect(
      (await saying(granted, allow(granted, process.execPath, ['-e <code:/.*/1000>'], { ...wish, network: 'yes' }), { code })).stdout,
    ).toBe('hello\n');
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

jail('a bubblewrap that may make no namespace counts as none, and the step is refused unless that was accepted', async () => {
  const bin = join(granted.base, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'bwrap'),
    '#!/bin/sh\ncase "$1" in --help) echo --ro-bind-fd --size;; *) echo "bwrap: No permissions" >&2; exit 1;; esac\n',
  );
  chmodSync(join(bin, 'bwrap'), 0o755);
  vi.stubEnv('PATH', `${bin}:/usr/bin:/bin`);
  expect(await isolationHere()).toMatchObject({ kind: 'none', why: 'forbidden' });
  const wanted = allow(granted, '/bin/ls', [], { isolation: 'wanted' });
  expect(await codeOf(start(granted, wanted))).toBe('approval_denied');
  expect(saidOf(granted, await start(granted, wanted, {}, { context: { approved: true } })).code).toBe(0);
  expect((await saying(granted, allow(granted, '/bin/ls', []))).note).toContain('without isolation');
});

/** So many seconds and a little, in words that no other test of this machine uses. */
function sleepFor(seconds: number): string {
  return `${seconds}.1${process.pid}`;
}

/** The processes that sleep for exactly so long. */
function running(seconds: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [program = '', argument] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return (
          program.endsWith('sleep') && argument === sleepFor(seconds) && !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
        );
      } catch {
        return false;
      }
    });
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !holds(); ) {
    if (Date.now() > end) throw new Error('it did not come to that');
    await wait(20);
  }
}

/** Swaps the folder `work` and the link beside it, over and over, in a process of its own. */
async function startSwapping(folder: string): Promise<{ end(): Promise<void> }> {
  const code = `const { renameSync: r } = require('fs'); process.chdir(process.argv[1]); console.log('up');
    for (;;) { r('work', 'aside'); r('link', 'work'); r('work', 'link'); r('aside', 'work'); }`;
  const child = spawn(process.execPath, ['-e', code, folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return {
    end: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
}
