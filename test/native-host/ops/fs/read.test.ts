import { linkSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { performOp } from '../../support/perform-op.ts';
import { grantFolder, type Granted } from '../../support/granted.ts';
import { codeOf, factsOf, textOf } from '../../support/op-outputs.ts';

const read = (granted: Granted, path: string) => performOp('fs.read', { target: [granted.handleOf(path)] }, granted.context);

test.each([
  ['UTF-8', Buffer.from('Grüße')],
  ['UTF-8 with a mark', Buffer.from('\uFEFFGrüße')],
  ['UTF-16 little', Buffer.from('\uFEFFGrüße', 'utf16le')],
  ['UTF-16 big', Buffer.from('\uFEFFGrüße', 'utf16le').swap16()],
  ['the Western code page', Buffer.from('Grüße', 'latin1')],
])('%s is read', async (_what, bytes) => {
  using granted = grantFolder();
  granted.write('a.txt', bytes);
  expect(textOf(granted, await read(granted, 'a.txt'))).toBe('Grüße');
});

test('what is no text is unsupported', async () => {
  using granted = grantFolder();
  granted.write('a.txt', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1]));
  expect(await codeOf(read(granted, 'a.txt'))).toBe('unsupported');
});

test('the text takes the label of its file', async () => {
  using granted = grantFolder({ label: 'ask' });
  granted.write('a.txt', 'x');
  writeFileSync(join(granted.base, 'b'), 'x');
  linkSync(join(granted.base, 'b'), join(granted.folder, 'b.txt'));
  expect((await read(granted, 'a.txt')).outputs[0]?.label).toBe('ask');
  expect((await read(granted, 'b.txt')).outputs[0]?.label).toBe('home');
});

test('a handle on a file that is gone, became a link or lost its grant is refused', async () => {
  using granted = grantFolder();
  granted.write('a.txt', 'x');
  unlinkSync(join(granted.folder, 'a.txt'));
  expect(await codeOf(read(granted, 'a.txt'))).toBe('vanished');
  symlinkSync('/etc/passwd', join(granted.folder, 'a.txt'));
  expect(await codeOf(read(granted, 'a.txt'))).toBe('path_refused');
  const handle = granted.handleOf('a.txt');
  granted.grants.revoke(granted.grant.id);
  expect(await codeOf(performOp('fs.read', { target: [handle] }, granted.context))).toBe('grant_not_found');
});

test('a handle on text is no file', async () => {
  using granted = grantFolder();
  const { handle } = granted.context.handles.putText('text', 'x', 'open');
  expect(await codeOf(performOp('fs.read', { target: [handle] }, granted.context))).toBe('unsupported');
});

test('arguments that do not fit the op are refused', async () => {
  using granted = grantFolder();
  expect(await codeOf(performOp('fs.read', { target: [] }, granted.context))).toBe('invalid_params');
  expect(await codeOf(performOp('fs.read', { path: '/etc/passwd' }, granted.context))).toBe('invalid_params');
});

test('size and dates of a file are facts', async () => {
  using granted = grantFolder();
  granted.write('a.txt', 'x'.repeat(1500));
  expect(factsOf(granted, await performOp('fs.stat', { target: [granted.handleOf('a.txt')] }, granted.context))).toMatchObject({
    Size: '1.5 kB',
    Changed: expect.stringMatching(/UTC$/),
  });
});
