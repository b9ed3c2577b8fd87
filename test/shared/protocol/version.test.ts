import { OPS } from '../../../shared/ops/catalogue.ts';
import { RunSummary } from '../../../shared/protocol/native.ts';
import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chooseProtocol, PROTOCOL, ProtocolRange } from '../../../shared/protocol/version.ts';

const range = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(5)).map(([min, more]) => ({ min, max: min + more }));

test('both sides choose the same version: the highest that both speak', () => {
  fc.assert(
    fc.property(range, range, (theirs, ours) => {
      const version = chooseProtocol(theirs, ours);
      expect(chooseProtocol(ours, theirs)).toBe(version);
      const common = Array.from({ length: 20 }, (_, n) => n).filter(
        (n) => n >= theirs.min && n <= theirs.max && n >= ours.min && n <= ours.max,
      );
      expect(version).toBe(common.at(-1) ?? null);
    }),
  );
});

test('a side that is wholly newer or older has no common version', () => {
  expect(chooseProtocol({ min: PROTOCOL.max + 1, max: PROTOCOL.max + 3 })).toBeNull();
});

test('a range counts from 1', () => {
  expect(ProtocolRange.safeParse({ min: 0, max: 1 }).success).toBe(false);
  expect(ProtocolRange.safeParse({ min: 1, max: 1.5 }).success).toBe(false);
});

test('each version that is spoken has its fixtures', () => {
  const folders = readdirSync(new URL('../../fixtures/protocol/', import.meta.url));
  for (let version: number = PROTOCOL.min; version <= PROTOCOL.max; version++) expect(folders).toContain(String(version));
});

test('what a step at work is called fits the line of progress', () => {
  const longest = Math.max(...Object.values(OPS).map(({ says }) => says.length));
  expect(RunSummary.shape.now.safeParse('x'.repeat(longest)).success).toBe(true);
});
