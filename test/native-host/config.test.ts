import { tmpdir } from 'node:os';
import { dirname, isAbsolute, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { hostHome, socketFolder, terminalCall } from '../../native-host/config.ts';

const USUAL = { HOME: '/home/me', XDG_STATE_HOME: '/home/me/.state' };

test('a home that is named from where one is means the same from everywhere', () => {
  expect(hostHome({ HEADGATE_HOME: '.headgate/host' }, 'linux')).toBe(resolve('.headgate/host'));
  expect(isAbsolute(hostHome({ HEADGATE_HOME: 'x' }, 'linux'))).toBe(true);
});

test.each([
  ['/home/me/.state/headgate', 'npx headgate'],
  ['/srv/notes/host', 'HEADGATE_HOME=/srv/notes/host npx headgate'],
  ["/a b/it's", "HEADGATE_HOME='/a b/it'\\''s' npx headgate"],
])('the host of %s is called as %s', (home, call) => {
  expect(terminalCall(home, { ...USUAL, HEADGATE_HOME: home }, 'linux')).toBe(call);
});

test('the folder of the socket lies in the session’s own folder, else right in the one for temporary files, where nobody can move it', () => {
  expect(dirname(socketFolder('/home/me/h', { XDG_RUNTIME_DIR: '/run/user/7' }))).toBe('/run/user/7');
  for (const env of [{}, { XDG_RUNTIME_DIR: '' }]) expect(dirname(socketFolder('/home/me/h', env))).toBe(tmpdir());
  expect(socketFolder('/home/me/h', {})).not.toBe(socketFolder('/home/me/other', {}));
});
