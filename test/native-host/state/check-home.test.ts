import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkHome } from '../../../native-host/state/check-home.ts';

const folder = mkdtempSync(join(tmpdir(), 'hg-home-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder that is there, and one that can be made, can be Headgate’s own', () => {
  mkdirSync(join(folder, 'there'));
  for (const home of ['there', 'not/yet/there']) expect(checkHome(join(folder, home))).toBe(join(folder, home));
});

test.each(['file', 'file/below'])('%s cannot: a file is no folder', (name) => {
  writeFileSync(join(folder, 'file'), '');
  const home = join(folder, name);
  expect(() => checkHome(home)).toThrow(
    expect.objectContaining({
      code: 'state_damaged',
      message: `Headgate cannot keep anything in its own folder ${home}: ${join(folder, 'file')} is a file.`,
      next: 'Mend that, or name another folder in HEADGATE_HOME.',
    }),
  );
});
