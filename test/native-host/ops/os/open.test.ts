import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { performOp } from '../../support/perform-op.ts';
import { grantFolder, type Granted } from '../../support/granted.ts';
import { codeOf, factsOf } from '../../support/op-outputs.ts';

// A real program named xdg-open, first on the path, that writes down what it was asked to open.
const onLinux = test.runIf(process.platform === 'linux');
let granted: Granted;

beforeEach(() => {
  granted = grantFolder();
  const bin = join(granted.base, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'xdg-open'),
    `#!/bin/sh\nprintf '%s\\n' "$@" > ${granted.base}/asked\nexit $(cat ${granted.base}/exit 2>/dev/null || echo 0)\n`,
  );
  chmodSync(join(bin, 'xdg-open'), 0o755);
  vi.stubEnv('PATH', `${bin}:${process.env.PATH ?? ''}`);
});

afterEach(() => {
  vi.unstubAllEnvs();
  granted[Symbol.dispose]();
});

const act = (op: 'os.open' | 'os.reveal', path: string) => performOp(op, { target: [granted.handleOf(path)] }, granted.context);
const asked = () => (existsSync(join(granted.base, 'asked')) ? readFileSync(join(granted.base, 'asked'), 'utf8') : null);

onLinux('a file is opened by its absolute path, a folder is shown for reveal', async () => {
  granted.write('a/b c.md', 'x');
  await act('os.open', 'a/b c.md');
  expect(asked()).toBe(`${granted.folder}/a/b c.md\n`);
  await act('os.reveal', 'a/b c.md');
  expect(asked()).toBe(`${granted.folder}/a\n`);
});

onLinux.each([
  ['x.desktop', 'text'],
  ['x.sh', 'text'],
  ['x.EXE', 'text'],
  ['notes.txt', '#!/bin/sh\nrm -rf /'],
  ['photo.jpg', '\x7fELF'],
  ['setup', 'MZ'],
  ['letter.md', '# comment\n[Desktop Entry]\nExec=evil'],
])('%s that begins with %j is a program and is not opened, but can be shown', async (name, content) => {
  granted.write(name, content);
  expect(await codeOf(act('os.open', name))).toBe('path_refused');
  expect(asked()).toBeNull();
  await act('os.reveal', name);
  expect(asked()).toBe(`${granted.folder}\n`);
});

onLinux('a file that became a link is not opened', async () => {
  symlinkSync('/etc/passwd', join(granted.folder, 'a.md'));
  expect(await codeOf(act('os.open', 'a.md'))).toBe('path_refused');
  expect(asked()).toBeNull();
});

onLinux('an opener that fails or is missing is named', async () => {
  granted.write('a.md', 'x');
  writeFileSync(join(granted.base, 'exit'), '3');
  expect(await codeOf(act('os.open', 'a.md'))).toBe('unavailable');
  vi.stubEnv('PATH', join(granted.base, 'empty'));
  await expect(act('os.open', 'a.md')).rejects.toMatchObject({ code: 'unavailable', message: 'This system has no xdg-open.' });
});

test('info says what this machine is', async () => {
  expect(factsOf(granted, await performOp('os.info', {}, granted.context))).toMatchObject({
    Node: process.version,
    Memory: expect.stringMatching(/ (GB|MB)$/),
  });
});
