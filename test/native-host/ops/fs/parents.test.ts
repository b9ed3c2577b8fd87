import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFileIn, openRoot, readFile } from '../../../../native-host/gate/resolve.ts';
import { createParents } from '../../../../native-host/ops/fs/parents.ts';
import { grantFolder } from '../../support/granted.ts';

test('files of many folders are read, also when more folders are met than stay open', () => {
  using granted = grantFolder();
  const paths = Array.from({ length: 60 }, (_, at) => `part-${at % 20}/inner/note-${at}.md`);
  for (const path of ['top.md', ...paths]) granted.write(path, path);
  using root = openRoot(granted.grant);
  using parents = createParents(root);
  for (const path of ['top.md', ...paths, ...paths.toReversed()]) {
    const { folder, name } = parents.of(path);
    using file = openFileIn(folder, name);
    expect(`${file.path} ${readFile(file, 1_000)}`).toBe(`${path} ${path}`);
  }
});

test('a folder that is swapped for a link after it was opened leads nowhere else', () => {
  using granted = grantFolder();
  granted.write('inner/note.md', 'mine');
  granted.write('../outside/note.md', 'canary');
  using root = openRoot(granted.grant);
  using parents = createParents(root);
  parents.of('inner/note.md');
  renameSync(join(granted.folder, 'inner'), join(granted.folder, 'moved'));
  symlinkSync(join(granted.base, 'outside'), join(granted.folder, 'inner'));
  const { folder, name } = parents.of('inner/note.md');
  using file = openFileIn(folder, name);
  expect(readFile(file, 1_000).toString()).toBe('mine');
  rmSync(join(granted.folder, 'moved'), { recursive: true });
});

test('what the grant leaves out or protects is not there in an open folder either', () => {
  using granted = grantFolder({ exclude: ['*.key'] });
  for (const path of ['inner/note.md', 'inner/secret.key', 'inner/.ssh/id_rsa']) granted.write(path, 'x');
  using root = openRoot(granted.grant);
  using parents = createParents(root);
  parents.of('inner/note.md');
  const open = (path: string) => () => {
    const { folder, name } = parents.of(path);
    openFileIn(folder, name)[Symbol.dispose]();
  };
  expect(open('inner/note.md')).not.toThrow();
  expect(open('inner/secret.key')).toThrow(expect.objectContaining({ code: 'vanished' }));
  expect(open('inner/.ssh/id_rsa')).toThrow(expect.objectContaining({ code: 'path_refused' }));
});
