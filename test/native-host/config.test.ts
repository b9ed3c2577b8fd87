import { isAbsolute, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { hostHome, terminalCall } from '../../native-host/config.ts';

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
