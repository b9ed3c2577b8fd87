// SECURITY.md points at the test of each defence: a row whose test is gone defends nothing.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './source-files.ts';

const TEXT = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');
const rows = TEXT.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| threat'));

test('every threat names a test that is there', () => {
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) {
    const cells = row.split(' | ');
    expect(cells, row).toHaveLength(3);
    const links = [...(cells[2] ?? '').matchAll(/\[(test\/[\w./-]+\.test\.tsx?)\]\((test\/[\w./-]+)\)/g)];
    expect(links.length, row).toBeGreaterThan(0);
    for (const [, shown = '', target] of links) {
      expect(target, row).toBe(shown);
      expect(existsSync(join(ROOT, shown)), shown).toBe(true);
    }
  }
});

test('every member of the attack suite stands in it', async () => {
  const { MEMBERS } = await import('../attack/members.ts');
  for (const name of Object.keys(MEMBERS)) expect(TEXT, name).toContain(`test/attack/${name}.test.ts`);
});
