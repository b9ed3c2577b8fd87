import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHome } from './home.ts';

const TEXT = (word: string): string =>
  `The ${word} stands where the channel leaves the river. It decides how much water goes through the gate. `.repeat(4);

test('a digest tells nothing, in a folder from which more may leave, of what less may leave of', async () => {
  const home = openHome({ paired: false });
  try {
    const grant = home.grant({ rights: ['read', 'write'], label: 'open' });
    mkdirSync(join(home.folder, 'private'));
    home.grants.add({ folder: join(home.folder, 'private'), label: 'home' });
    home.write('weir.md', TEXT('weir'));
    home.write('private/heirloom.md', TEXT('heirloom'));
    const record = await home.ended(home.runs.start({ recipe: 'folder.digest', input: { grant: grant.id }, where: 'home' }));
    expect(record.state.status).toBe('succeeded');
    const digest = readFileSync(join(home.folder, 'Digest 2026-11-21.md'), 'utf8');
    expect(digest).toContain('weir');
    expect(digest).not.toContain('heirloom');
  } finally {
    await home.close();
  }
});
