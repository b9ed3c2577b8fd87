import { expect, test } from 'vitest';
import { classifyDisconnect } from '../../../extension/background/classify-disconnect.ts';

// The texts as Chromium 156 and Firefox 153 gave them.
test.each([
  ['Specified native messaging host not found.', 'host_missing'],
  ['Access to the specified native messaging host is forbidden.', 'host_forbidden'],
  ['Native host has exited.', 'host_crashed'],
  ['Error when communicating with the native messaging host.', 'host_crashed'],
  ['Failed to start native messaging host.', 'host_crashed'],
  ['No such native application app.headgate.host', 'host_missing'],
  ['An unexpected error occurred', 'host_crashed'],
  ['Native application tried to send a message of 1048577 bytes, which exceeds the limit of 1048576 bytes.', 'host_crashed'],
  [undefined, 'host_crashed'],
  ['words of a browser to come', 'host_crashed'],
] as const)('“%s” means %s', (text, code) => {
  expect(classifyDisconnect(text)).toBe(code);
});
