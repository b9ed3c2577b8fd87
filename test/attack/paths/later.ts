// Changes that are taken back after the folder they were made in has become a link that leads out: undo and restore must
// not follow it, though the names they look for are there outside as well.
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { at, change, createText, undo, writeText } from '../../native-host/support/changing.ts';
import { openDesk } from '../../native-host/mcp/servers.ts';
import { type Granted, grantFolder } from '../../native-host/support/granted.ts';
import { refusalOf } from '../refusal.ts';
import { withEnvironment } from '../with-environment.ts';
import { buildOutside } from './outside.ts';

type Act = (granted: Granted) => Promise<{ run: Parameters<typeof undo>[1] }>;

/** Outside there is a `secret.txt` and a folder `deep` as well. */
const ACTS: Readonly<Record<string, Act>> = {
  create: (granted) => createText(granted, 'secret.txt', 'mine', 'free'),
  write: (granted) => writeText(granted, 'fs.write', 'full/secret.txt', 'new'),
  append: (granted) => writeText(granted, 'fs.append', 'full/secret.txt', 'new'),
  mkdir: (granted) => change(granted, 'fs.mkdir', at(granted, 'free/deep')),
  copy: (granted) => change(granted, 'fs.copy', { target: [at(granted, 'plain.md')], ...at(granted, 'free/secret.txt') }),
  'move in': (granted) => change(granted, 'fs.move', { moves: [{ from: at(granted, 'plain.md'), to: 'free/secret.txt' }] }),
  'move out': (granted) => change(granted, 'fs.move', { moves: [{ from: at(granted, 'full/secret.txt'), to: 'elsewhere.txt' }] }),
  trash: (granted) => change(granted, 'fs.trash', { target: [at(granted, 'full/secret.txt')] }),
};

export async function attackLater(fail: (what: string) => void): Promise<number> {
  let tries = 0;
  for (const [name, act] of Object.entries(ACTS)) {
    using granted = grantFolder({ rights: ['read', 'write', 'trash'] });
    granted.write('plain.md', 'plain');
    granted.write('full/secret.txt', 'mine');
    mkdirSync(join(granted.folder, 'free'));
    const outside = buildOutside(granted.base);
    await withEnvironment({ XDG_DATA_HOME: join(granted.base, 'share') }, async () => {
      const { run } = await act(granted);
      for (const folder of ['full', 'free']) becomeLink(join(granted.folder, folder), join(outside.folder, 'dir'));
      tries += 1;
      if (name === 'trash') await restoreAll(granted, fail);
      for (const { result } of await undo(granted, run)) if (result === 'undone') fail(`undo of ${name} says it is undone, through a link`);
    });
    for (const touched of outside.touched()) fail(`undo of ${name}: ${touched}`);
  }
  return tries + (await trashIsLink(fail)) + (await undoOverMcp(fail));
}

async function restoreAll(granted: Granted, fail: (what: string) => void): Promise<void> {
  const numbers = granted.context.journal.recent(10).map(({ n }) => n);
  const { code } = await refusalOf(change(granted, 'fs.restore', { changes: numbers }));
  if (code === 'done') fail('fs.restore restored through a link');
}

/** The desktop's trash, or a part of it, is a link that leads out. */
async function trashIsLink(fail: (what: string) => void): Promise<number> {
  const parts = ['share/Trash', 'share/Trash/files', 'share/Trash/info'];
  for (const part of parts) {
    using granted = grantFolder({ rights: ['read', 'write', 'trash'] });
    granted.write('secret.txt', 'mine');
    const outside = buildOutside(granted.base);
    mkdirSync(join(granted.base, part, '..'), { recursive: true });
    symlinkSync(join(outside.folder, 'dir'), join(granted.base, part));
    const { code } = await withEnvironment({ XDG_DATA_HOME: join(granted.base, 'share') }, () =>
      refusalOf(change(granted, 'fs.trash', { target: [at(granted, 'secret.txt')] })),
    );
    if (code === 'done') fail(`fs.trash went into a trash of which ${part} is a link`);
    for (const touched of outside.touched()) fail(`fs.trash with ${part} a link: ${touched}`);
  }
  return parts.length;
}

async function undoOverMcp(fail: (what: string) => void): Promise<number> {
  const calls: [tool: string, args: Record<string, unknown>][] = [
    ['write_file', { path: 'free/secret.txt', content: 'mine' }],
    ['write_file', { path: 'full/secret.txt', content: 'new' }],
    ['move_file', { source: 'plain.md', destination: 'free/secret.txt' }],
    ['create_directory', { path: 'free/deep' }],
  ];
  for (const [tool, args] of calls) {
    await using desk = openDesk();
    desk.write('plain.md', 'plain');
    desk.write('full/secret.txt', 'mine');
    mkdirSync(join(desk.folder, 'free'));
    const outside = buildOutside(desk.base);
    const served = await desk.serve();
    await served.text(tool, args);
    for (const folder of ['full', 'free']) becomeLink(join(desk.folder, folder), join(outside.folder, 'dir'));
    await served.client.callTool({ name: 'undo_last', arguments: {} });
    for (const touched of outside.touched()) fail(`undo_last of ${tool}: ${touched}`);
  }
  return calls.length;
}

function becomeLink(folder: string, target: string): void {
  renameSync(folder, `${folder}-aside`);
  symlinkSync(target, folder);
}
