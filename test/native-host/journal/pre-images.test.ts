// The store of old versions: what is kept is whole, on disk when it is asked for, and kept once.
import { closeSync, openSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPreImages, preImagesFolder, type PreImages } from '../../../native-host/journal/pre-images.ts';
import { grantFolder, type Granted } from '../support/granted.ts';

const NAMES = { what: 'file', path: 'a.txt', grantName: 'Documents' } as const;

function storeOf({ store }: Granted): PreImages {
  return createPreImages(
    store,
    () => 1_000,
    () => 0,
  );
}

async function keep(images: PreImages, granted: Granted, content: string | Uint8Array): Promise<string> {
  const file = granted.write('a.txt', content);
  const fd = openSync(file, 'r');
  try {
    return await images.keepSoon(fd, content.length, NAMES);
  } finally {
    closeSync(fd);
  }
}

test.each([0, 1, 16_383, 16_384, 16_385, 3_000_000])('a version of %i bytes is kept whole, under one name', async (size) => {
  using granted = grantFolder();
  const images = storeOf(granted);
  const content = Buffer.alloc(size, 'old ');
  const hash = await keep(images, granted, content);
  await images.kept(hash);
  expect(readdirSync(preImagesFolder(granted.store.home))).toEqual([hash]);
  expect(readFileSync(join(preImagesFolder(granted.store.home), hash)).equals(content)).toBe(true);
  expect(await keep(images, granted, content)).toBe(hash);
  expect(images.usage()).toEqual({ count: 1, bytes: size });
});

test('the same version twice at once is one, and both wait for it', async () => {
  using granted = grantFolder();
  const images = storeOf(granted);
  const [one, two] = await Promise.all([keep(images, granted, 'old'), keep(images, granted, 'old')]);
  expect(two).toBe(one);
  await Promise.all([images.kept(one), images.kept(two)]);
  expect(readdirSync(preImagesFolder(granted.store.home))).toEqual([one]);
});

test('a version that lost its end is not taken for the one that is to be kept', async () => {
  using granted = grantFolder();
  const images = storeOf(granted);
  const hash = await keep(images, granted, 'the old version');
  await images.kept(hash);
  truncateSync(join(preImagesFolder(granted.store.home), hash), 3);
  expect(await keep(images, granted, 'the old version')).toBe(hash);
  await images.kept(hash);
  expect(readFileSync(join(preImagesFolder(granted.store.home), hash), 'utf8')).toBe('the old version');
});

test('who waits for a version that is not kept is told so', async () => {
  using granted = grantFolder();
  const images = storeOf(granted);
  const hash = await keep(images, granted, 'old');
  await images.kept(hash);
  images.remove(hash);
  await expect(images.kept(hash)).rejects.toMatchObject({ code: 'disk_full' });
});

test('the cap holds over what is being kept at the same time', async () => {
  using granted = grantFolder();
  const images = createPreImages(
    granted.store,
    () => 1_000,
    () => 0,
    { fileBytes: 30_000_000, totalBytes: 30_000_000 },
  );
  // So large that others have their turn while it is copied.
  const keepLarge = async (name: string): Promise<string> => {
    const fd = openSync(granted.write(name, Buffer.alloc(20_000_000, name)), 'r');
    try {
      return await images.keepSoon(fd, 20_000_000, NAMES);
    } finally {
      closeSync(fd);
    }
  };
  const [one, two] = await Promise.allSettled([keepLarge('a.txt'), keepLarge('b.txt')]);
  expect([one, two]).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'too_large' } }]);
  expect(images.usage().bytes).toBe(20_000_000);
  if (one?.status === 'fulfilled') await images.kept(one.value);
});

test('the cap holds over what was kept before, and room that was made counts', async () => {
  using granted = grantFolder();
  const room = { made: 0 };
  const images = createPreImages(
    granted.store,
    () => 1_000,
    () => room.made,
    { fileBytes: 100, totalBytes: 10 },
  );
  await images.kept(await keep(images, granted, '123456'));
  await expect(keep(images, granted, '12345')).rejects.toMatchObject({ code: 'too_large' });
  room.made = 100;
  await images.kept(await keep(images, granted, '12345'));
  writeFileSync(join(granted.folder, 'a.txt'), '');
});
