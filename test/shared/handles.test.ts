import fc from 'fast-check';
import { MAX_RELEASED_NAME } from '../../shared/gate/shown-name.ts';
import { expect, test } from 'vitest';
import { coarseSize, HandleMeta } from '../../shared/handles.ts';

test('a size is rounded up to a power of two, from 256 on', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 45 }), (bytes) => {
      const size = coarseSize(bytes);
      expect(size).toBeGreaterThanOrEqual(bytes);
      expect(Math.log2(size) % 1).toBe(0);
      expect(size).toBe(Math.max(256, size));
      if (size > 256) expect(size / 2).toBeLessThan(bytes);
    }),
  );
});

test('nothing has no size', () => {
  expect(coarseSize(0)).toBe(0);
});

test('a handle’s metadata has a place for a short name or a mask, and none for content', () => {
  expect(Object.keys(HandleMeta.shape).sort()).toEqual(['day', 'handle', 'kind', 'label', 'mask', 'name', 'size']);
  const meta = { handle: `h_${'0'.repeat(32)}`, kind: 'file', size: 256, label: 'open' };
  expect(HandleMeta.safeParse({ ...meta, name: 'a.md' }).success).toBe(true);
  expect(HandleMeta.safeParse({ ...meta, name: 'a'.repeat(MAX_RELEASED_NAME + 1) }).success).toBe(false);
  expect(HandleMeta.safeParse({ ...meta, mask: 'letter to the bank.md' }).success).toBe(false);
});
