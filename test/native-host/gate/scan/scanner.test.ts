import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { isSmall } from '../../../../native-host/gate/scan/scanner.ts';

const PROSE = 'The river rose two hands above the sill before the keeper lowered the gate. ';

test('ordinary texts are small up to their length, also with an id, a hash and a small picture in them', () => {
  expect(isSmall([PROSE.repeat(800)])).toBe(true);
  expect(isSmall([PROSE.repeat(500), PROSE.repeat(500)])).toBe(false);
  const icon = Buffer.alloc(300, 'Icon').toString('base64');
  expect(isSmall([`${PROSE} ![](data:image/png;base64,${icon}) sha256-${'aB3'.repeat(14)}=`])).toBe(true);
});

test('a text with little in it that unpacks to much is not small, wherever it stands', () => {
  const bomb = gzipSync(Buffer.alloc(2_000_000, 'bomb')).toString('base64');
  expect(bomb.length).toBeLessThan(6_000);
  expect(isSmall([PROSE + bomb])).toBe(false);
  expect(isSmall([bomb.slice(0, 1_000), PROSE, bomb.slice(0, 1_000)])).toBe(false);
});
