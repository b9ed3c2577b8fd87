import { execFileSync, spawnSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  appendFileSync,
  chmodSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { describeResolver, openFile, openFolder, openRoot, readFile, statFileIn } from '../../../native-host/gate/resolve.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import { grantFolder } from '../support/granted.ts';

const onLinux = test.runIf(process.platform === 'linux');

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (thrown) {
    return thrown instanceof HeadgateError ? thrown.code : `unexpected: ${String(thrown)}`;
  }
  return 'nothing thrown';
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

test('a file in a deep folder is opened and read', () => {
  using granted = grantFolder();
  granted.write('a/b/c.txt', 'hello');
  using file = openFile(granted.grant, 'a/b/c.txt');
  expect(readFile(file, 100).toString()).toBe('hello');
  expect(file.facts).toMatchObject({ size: 5, links: 1 });
});

test('encoded dots, spaces and unusual letters are ordinary names', () => {
  using granted = grantFolder();
  for (const name of ['%2e%2e', ' x ', 'Ünïcode – 日本.md', '-rf', 'a\'b"c', '...', 'emoji 👩‍💻.txt']) {
    granted.write(name, name);
    using file = openFile(granted.grant, name);
    expect(readFile(file, 100).toString()).toBe(name);
  }
});

test.each([
  ['..', '../secret.txt'],
  ['.. in the middle', 'a/../../secret.txt'],
  ['. ', './a.txt'],
  ['an absolute path', '/etc/passwd'],
  ['a NUL', 'a.txt\0.md'],
  ['a lone surrogate', 'a\ud800.txt'],
  ['an empty part', 'a//b.txt'],
  ['a trailing slash', 'a/'],
  ['a name of 256 bytes', 'x'.repeat(256)],
  ['a path through 100 folders', `${'x/'.repeat(100)}y`],
])('a path with %s is refused', (_what, path) => {
  using granted = grantFolder();
  granted.write('a.txt', '');
  granted.write('a/b.txt', '');
  writeFileSync(join(granted.base, 'secret.txt'), 'secret');
  expect(codeOf(() => openFile(granted.grant, path))).toBe('path_refused');
});

test('a link to a file is refused, inside or outside the grant, dangling or not', () => {
  using granted = grantFolder();
  const inside = granted.write('inside.txt', 'x');
  writeFileSync(join(granted.base, 'secret.txt'), 'secret');
  symlinkSync(join(granted.base, 'secret.txt'), join(granted.folder, 'out.txt'));
  symlinkSync(inside, join(granted.folder, 'in.txt'));
  symlinkSync(join(granted.base, 'not-there'), join(granted.folder, 'dangling.txt'));
  symlinkSync('self.txt', join(granted.folder, 'self.txt'));
  for (const name of ['out.txt', 'in.txt', 'dangling.txt', 'self.txt']) {
    expect(codeOf(() => openFile(granted.grant, name))).toBe('path_refused');
    using root = openRoot(granted.grant);
    expect(codeOf(() => statFileIn(root, name))).toBe('path_refused');
  }
});

test('a link as a folder on the way is refused', () => {
  using granted = grantFolder();
  mkdirSync(join(granted.base, 'elsewhere'));
  writeFileSync(join(granted.base, 'elsewhere', 'secret.txt'), 'secret');
  symlinkSync(join(granted.base, 'elsewhere'), join(granted.folder, 'dir'));
  symlinkSync('/proc/self', join(granted.folder, 'magic'));
  expect(codeOf(() => openFile(granted.grant, 'dir/secret.txt'))).toBe('path_refused');
  expect(codeOf(() => openFolder(granted.grant, 'dir'))).toBe('path_refused');
  expect(codeOf(() => openFile(granted.grant, 'magic/environ'))).toBe('path_refused');
});

test('a granted folder that became a link is refused until it is granted again', () => {
  using granted = grantFolder();
  granted.write('a.txt', 'x');
  renameSync(granted.folder, join(granted.base, 'moved'));
  symlinkSync(join(granted.base, 'moved'), granted.folder);
  expect(codeOf(() => openRoot(granted.grant))).toBe('path_refused');
});

test('a granted folder below a parent that became a link is refused', () => {
  using granted = grantFolder();
  mkdirSync(join(granted.base, 'p/q'), { recursive: true });
  const grant = granted.grants.add({ folder: join(granted.base, 'p/q') });
  renameSync(join(granted.base, 'p'), join(granted.base, 'p2'));
  symlinkSync(join(granted.base, 'p2'), join(granted.base, 'p'));
  expect(codeOf(() => openRoot(grant))).toBe('path_refused');
});

test('a sibling whose name begins like the grant is not in it', () => {
  using granted = grantFolder();
  mkdirSync(`${granted.folder}-evil`);
  writeFileSync(`${granted.folder}-evil/x.txt`, 'x');
  expect(codeOf(() => openFile(granted.grant, '../Documents-evil/x.txt'))).toBe('path_refused');
});

onLinux('a pipe, a socket, a device and a folder are not files, and none of them hangs', async () => {
  using granted = grantFolder();
  execFileSync('mkfifo', [join(granted.folder, 'pipe')]);
  const server = createServer().listen(join(granted.folder, 'socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  mkdirSync(join(granted.folder, 'folder'));
  const names = ['pipe', 'socket', 'folder'];
  if (spawnSync('mknod', [join(granted.folder, 'zero'), 'c', '1', '5']).status === 0) names.push('zero');
  try {
    for (const name of names) expect([name, codeOf(() => openFile(granted.grant, name))]).toEqual([name, 'not_a_file']);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test('a file asked for as a folder is not a folder', () => {
  using granted = grantFolder();
  granted.write('a.txt', 'x');
  expect(codeOf(() => openFolder(granted.grant, 'a.txt'))).toBe('not_a_folder');
  expect(codeOf(() => openFile(granted.grant, 'a.txt/b.txt'))).toBe('not_a_folder');
});

test('a second name of a file shows in its facts', () => {
  using granted = grantFolder();
  const secret = join(granted.base, 'secret.txt');
  writeFileSync(secret, 'x');
  linkSync(secret, join(granted.folder, 'twin.txt'));
  using file = openFile(granted.grant, 'twin.txt');
  expect(file.facts.links).toBe(2);
});

test('what vanished is named in plain words, without its name in the message', () => {
  using granted = grantFolder();
  granted.write('private name.txt', 'x');
  unlinkSync(join(granted.folder, 'private name.txt'));
  let thrown: unknown;
  try {
    openFile(granted.grant, 'private name.txt');
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({
    code: 'vanished',
    message: 'The file is gone: it was moved, renamed or deleted.',
    next: 'Look at “private name.txt” in “Documents”.',
  });
  rmSync(granted.folder, { recursive: true });
  expect(codeOf(() => openRoot(granted.grant))).toBe('vanished');
});

onLinux('a file without permission is named so', () => {
  using granted = grantFolder();
  chmodSync(granted.write('closed.txt', 'x'), 0o000);
  // Root may read everything, so another user tries.
  const script = `
    const { openFile } = await import(${JSON.stringify(fileURLToPath(new URL('../../../native-host/gate/resolve.ts', import.meta.url)))});
    if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
    try { openFile(${JSON.stringify(granted.grant)}, 'closed.txt'); console.log('opened'); } catch (error) { console.log(error.code); }`;
  chmodSync(granted.base, 0o755);
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim()).toBe('no_permission');
});

test.each([
  '.ssh/config',
  '.SSH/config',
  '.ssh./config',
  '.ssh /config',
  '.s\u200bsh/config',
  '.ＳＳＨ/x',
  'deep/.gnupg/x',
  '.bashrc',
  '.BashRC',
  '.npmrc',
  '.netrc',
  '.aws/credentials',
  'repo/.git/hooks/pre-commit',
  'repo/.GIT/Hooks/x',
  '.config/autostart/x.desktop',
  'autostart/x.desktop',
  '.mozilla/firefox/p/logins.json',
  '.config/google-chrome/Default/Cookies',
  '.config/chromium/x',
  'Library/LaunchAgents/x.plist',
  'id_ed25519',
  '.zshenv',
  '.vimrc',
  '.config/nvim/init.lua',
  '.local/lib/python3/site-packages/gate.pth',
  'ſsh/../.ssh/x',
])('the protected name %s is refused, there or not', (path) => {
  using granted = grantFolder();
  expect(codeOf(() => openFile(granted.grant, path))).toBe('path_refused');
});

test('protected names are refused when they are there', () => {
  using granted = grantFolder();
  granted.write('.ssh/id_rsa', 'key');
  expect(codeOf(() => openFile(granted.grant, '.ssh/id_rsa'))).toBe('path_refused');
  expect(codeOf(() => openFolder(granted.grant, '.ssh'))).toBe('path_refused');
});

test('names that only look like protected ones are not refused', () => {
  using granted = grantFolder();
  for (const path of ['ssh/notes.md', 'my.ssh/notes.md', '.sshx', 'id_rsa.md', 'git/hooks/x', 'autostart/x.md']) {
    granted.write(path, 'x');
    openFile(granted.grant, path)[Symbol.dispose]();
  }
});

test('a file that grows while it is read is reported as changed', () => {
  using granted = grantFolder();
  const path = granted.write('log.txt', 'one\n');
  using file = openFile(granted.grant, 'log.txt');
  appendFileSync(path, 'two\n');
  expect(codeOf(() => readFile(file, 1_000))).toBe('changed_while_reading');
});

test('a file above the cap is not read', () => {
  using granted = grantFolder();
  granted.write('big.txt', 'x'.repeat(11));
  using file = openFile(granted.grant, 'big.txt');
  expect(codeOf(() => readFile(file, 10))).toBe('too_large');
});

onLinux('another disk mounted inside the grant is not entered', () => {
  using granted = grantFolder();
  mkdirSync(join(granted.folder, 'mnt'));
  const mounted = spawnSync(
    'unshare',
    [
      '-m',
      'sh',
      '-c',
      `mount -t tmpfs none ${granted.folder}/mnt && echo secret > ${granted.folder}/mnt/x.txt && exec "$0" --input-type=module -e "$1"`,
      process.execPath,
      `
    const { openFile } = await import(${JSON.stringify(fileURLToPath(new URL('../../../native-host/gate/resolve.ts', import.meta.url)))});
    try { openFile(${JSON.stringify(granted.grant)}, 'mnt/x.txt'); console.log('opened'); } catch (error) { console.log(error.code); }`,
    ],
    { encoding: 'utf8' },
  );
  // Without the right to mount there is nothing to try.
  if (mounted.status === 0) expect(mounted.stdout.trim()).toBe('path_refused');
  else expect(mounted.stderr).toMatch(/unshare|mount|permitted/);
});

onLinux('no descriptor is left open, whether it went well or not', () => {
  using granted = grantFolder();
  granted.write('a/b/c.txt', 'x');
  symlinkSync('/etc/passwd', join(granted.folder, 'a/b/link'));
  const before = openDescriptors();
  for (const path of ['a/b/c.txt', 'a/b/link', 'a/b/none', 'a/none/c.txt', 'a/b', '.ssh/x', '../x']) {
    try {
      openFile(granted.grant, path)[Symbol.dispose]();
    } catch {
      // Refusals are what is tried here.
    }
  }
  expect(openDescriptors()).toBe(before);
});

onLinux('a folder that is swapped with a link all the time never leads out', async () => {
  using granted = grantFolder();
  granted.write('d/f.txt', 'inside');
  mkdirSync(join(granted.base, 'outside'));
  writeFileSync(join(granted.base, 'outside', 'f.txt'), 'OUTSIDE');
  symlinkSync(join(granted.base, 'outside'), join(granted.folder, 'spare'));
  const stop = new SharedArrayBuffer(4);
  const swapper = new Worker(
    `const { renameSync } = require('node:fs'); const { workerData: w } = require('node:worker_threads'); const stop = new Int32Array(w.stop);
     require('node:worker_threads').parentPort.postMessage('ready');
     while (Atomics.load(stop, 0) === 0) { try { renameSync(w.dir + '/d', w.dir + '/away'); renameSync(w.dir + '/spare', w.dir + '/d'); renameSync(w.dir + '/d', w.dir + '/spare'); renameSync(w.dir + '/away', w.dir + '/d'); } catch (e) {} }`,
    { eval: true, workerData: { dir: granted.folder, stop } },
  );
  await new Promise((resolve) => swapper.once('message', resolve));
  const seen: Record<string, number> = {};
  for (let attempt = 0; attempt < 4_000; attempt += 1) {
    let outcome: string;
    try {
      using file = openFile(granted.grant, 'd/f.txt');
      outcome = readFile(file, 100).toString();
    } catch (thrown) {
      outcome = thrown instanceof HeadgateError ? thrown.code : String(thrown);
    }
    seen[outcome] = (seen[outcome] ?? 0) + 1;
  }
  Atomics.store(new Int32Array(stop), 0, 1);
  await new Promise((resolve) => swapper.once('exit', resolve));
  expect(Object.keys(seen).filter((outcome) => !['inside', 'vanished', 'path_refused', 'not_a_folder'].includes(outcome))).toEqual([]);
  expect(seen.inside).toBeGreaterThan(0);
});

test('doctor is told which way of resolving is in force', () => {
  expect(describeResolver('linux')).toMatchObject({ id: 'linux-proc-fd', strong: true });
  expect(describeResolver('darwin')).toMatchObject({ id: 'open-then-realpath', strong: false });
});
