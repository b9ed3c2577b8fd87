import { join } from 'node:path';
import { expect, test } from 'vitest';
import { showGifts } from '../../../native-host/mcp/show-gifts.ts';
import type { Gift } from '../../../native-host/mcp/give.ts';
import type { Grant } from '../../../shared/gate/grants.ts';

const GRANT = { id: `g_${'1'.repeat(32)}`, folder: '/home/ada/Letters' } as Grant;
const areas = { absoluteOf: ({ grant, path }: { grant: Grant; path: string }) => join(grant.folder, path) };
const gift = (path: string, content: Pick<Gift, 'text' | 'whole'>): Gift => ({
  file: { grant: GRANT, path, facts: { size: 9, mtimeMs: 1, dev: 2, ino: 3, links: 1, kind: 'file' } as never },
  ...content,
});
const media = (path: string, bytes: Uint8Array) => gift(path, { text: Buffer.from(bytes).toString('base64'), whole: bytes });
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]);

test('a text is shown line by line under its path and size, and each line is its file’s', () => {
  const { shows, uninspectable } = showGifts([gift('ada.txt', { text: 'dear\nAda' })], areas);
  expect(uninspectable).toBeUndefined();
  expect(shows()).toMatchObject({
    parts: [{ says: '/home/ada/Letters/ada.txt, 8 bytes' }],
    lines: [
      { part: 0, excerpt: 'dear', of: { grant: GRANT.id, path: 'ada.txt', dev: 2, ino: 3, size: 9 } },
      { part: 0, excerpt: 'Ada', of: { path: 'ada.txt' } },
    ],
    cut: 0,
  });
});

test('of a part of a text that part alone is shown, whatever else of the file was looked through', () => {
  const { shows } = showGifts([gift('ada.txt', { text: 'dear', whole: 'dear\nthe rest of it' })], areas);
  expect(shows().lines.map(({ excerpt }) => excerpt)).toEqual(['dear']);
});

test('bytes that are no text are said to be, with their size, and text that is asked for as bytes is shown as text', () => {
  const { shows, uninspectable } = showGifts([media('photo.png', PNG)], areas);
  expect(uninspectable).toBe('“photo.png” is no text (12 bytes)');
  expect(shows()).toMatchObject({
    parts: [{ says: '/home/ada/Letters/photo.png, 12 bytes', uninspectable: 'this is no text' }],
    lines: [],
  });
  const text = showGifts([media('letter.txt', Buffer.from('dear'))], areas);
  expect(text.uninspectable).toBeUndefined();
  expect(text.shows()).toMatchObject({ parts: [{ says: '/home/ada/Letters/letter.txt, 4 bytes' }], lines: [{ excerpt: 'dear' }] });
});

test('names and texts that would look like something else on a screen are made visible', () => {
  const { shows, uninspectable } = showGifts([gift('a\u202Etxt', { text: '\u202Exe' }), media('b\u202Egnp', PNG)], areas);
  expect(JSON.stringify([shows(), uninspectable]).replace(/"path":"[^"]*"/g, '')).not.toContain('\u202E');
  expect(uninspectable).toContain('‹U+202E›');
});
