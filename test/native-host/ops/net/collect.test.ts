import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Grant } from '../../../../shared/gate/grants.ts';
import type { Label } from '../../../../shared/gate/labels.ts';
import { undo } from '../../support/changing.ts';
import { grantFolder, type Granted } from '../../support/granted.ts';
import { codeOf, pathsOf } from '../../support/op-outputs.ts';
import { performOp } from '../../support/perform-op.ts';

const NAME = `hg-${'0a'.repeat(16)}`;

function inboxOf(granted: Granted, label: Label = 'open'): Grant {
  const folder = join(granted.base, 'Downloads', 'Headgate');
  mkdirSync(folder, { recursive: true });
  return granted.grants.add({ folder, rights: ['read', 'write'], label });
}

const collect = (granted: Granted, inbox: Grant, more: object = {}, now = Date.now()) =>
  performOp(
    'net.collect',
    { target: [{ grant: inbox.id, path: NAME }], grant: granted.grant.id, url: 'https://files.example/a/The%20report.pdf?t=1', ...more },
    { ...granted.context, now: () => now },
  );

test('a download of the browser is moved under the name of its address, and undo puts it back', async () => {
  using granted = grantFolder();
  const inbox = inboxOf(granted);
  granted.write('The report.pdf', 'mine');
  writeFileSync(join(inbox.folder, NAME), '%PDF-1.7');
  expect(pathsOf(granted, await collect(granted, inbox))).toEqual(['The report (2).pdf']);
  expect(readFileSync(join(granted.folder, 'The report (2).pdf'), 'utf8')).toBe('%PDF-1.7');
  expect(readdirSync(inbox.folder)).toEqual([]);
  await undo(granted, granted.context.run);
  expect(readdirSync(inbox.folder)).toEqual([NAME]);
});

test('a program is filed as what nothing starts', async () => {
  using granted = grantFolder();
  const inbox = inboxOf(granted);
  writeFileSync(join(inbox.folder, NAME), '#!/bin/sh\n');
  expect(pathsOf(granted, await collect(granted, inbox, { url: 'https://files.example/run.sh' }))).toEqual(['run.sh.download']);
});

test('only a name of chance is taken', async () => {
  using granted = grantFolder();
  const inbox = inboxOf(granted);
  for (const path of ['report.pdf', `../${NAME}`, `${NAME}.pdf`, NAME.toUpperCase()])
    expect(await codeOf(collect(granted, inbox, { target: [{ grant: inbox.id, path }] })), path).toBe('invalid_params');
});

test('a link, a second name, a folder, an old file and a missing one stay where they are', async () => {
  using granted = grantFolder();
  const inbox = inboxOf(granted);
  const at = join(inbox.folder, NAME);
  expect(await codeOf(collect(granted, inbox))).toBe('vanished');
  writeFileSync(join(granted.base, 'secret'), 'x');
  symlinkSync(join(granted.base, 'secret'), at);
  expect(await codeOf(collect(granted, inbox))).toBe('path_refused');
  using second = grantFolder();
  const other = inboxOf(second);
  writeFileSync(join(other.folder, NAME), 'x');
  expect(await codeOf(collect(second, other, {}, Date.now() + 3600_000))).toBe('conflict');
  linkSync(join(other.folder, NAME), join(other.folder, 'second'));
  expect(await codeOf(collect(second, other))).toBe('unsupported');
  using third = grantFolder();
  const last = inboxOf(third);
  mkdirSync(join(last.folder, NAME));
  expect(await codeOf(collect(third, last))).toBe('not_a_file');
  for (const each of [granted, second, third]) expect(readdirSync(each.folder)).toEqual([]);
});

test('what was kept strictly does not go to a looser folder', async () => {
  using granted = grantFolder();
  const inbox = inboxOf(granted, 'home');
  writeFileSync(join(inbox.folder, NAME), 'x');
  expect(await codeOf(collect(granted, inbox))).toBe('label_refused');
  mkdirSync(join(granted.folder, 'sub'));
  granted.grants.add({ folder: granted.folder, include: ['*.txt'] });
  expect(await codeOf(collect(granted, inbox, { path: 'sub' }))).toBe('label_refused');
  expect(readdirSync(inbox.folder)).toEqual([NAME]);
});
