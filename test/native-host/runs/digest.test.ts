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

test('a cloud does not have a step tried without end, nor so often that home could not try it again', async () => {
  const home = openHome();
  try {
    const grant = home.grant({ rights: ['read', 'write'], label: 'open' });
    home.write('empty.md', '');
    const record = home.runs.start({ recipe: 'folder.digest', input: { grant: grant.id }, where: 'auto' });
    await home.assign(record, 'list');
    expect(await home.assign(record, 'text.0')).toMatchObject({ type: 'failed', code: 'no_text' });
    const attempt = () => home.store.get<{ attempt: number }>(`SELECT attempt FROM tasks WHERE step = 'text.0'`)?.attempt;
    await home.assign(record, 'text.0', { attempt: 1_000 });
    expect(attempt()).toBe(1_000);
    home.begin(record, 'text.0', { attempt: 1_001 });
    await home.assign(record, 'digest');
    expect(attempt()).toBe(1_000);
  } finally {
    await home.close();
  }
});
