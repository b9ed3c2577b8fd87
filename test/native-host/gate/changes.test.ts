import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packTexts, unpackTexts } from '../../../native-host/gate/changes.ts';
import { showTexts } from '../../../native-host/gate/show-texts.ts';
import { TextsShown } from '../../../shared/protocol/native.ts';

const file = fc.record({
  grant: fc.constant(`g_${'1'.repeat(32)}` as never),
  path: fc.string({ maxLength: 40 }),
  size: fc.nat(),
  mtimeMs: fc.nat(),
  dev: fc.nat(),
  ino: fc.nat(),
});

test('what is shown of texts comes over the wire as it was, with the file of each line', () => {
  const texts = fc.array(
    fc.record({ text: fc.option(fc.string({ maxLength: 600, unit: 'binary' })), file: fc.option(file), name: fc.option(fc.string()) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(texts, (some) => {
      const shown = showTexts(some);
      const wired = TextsShown.parse(JSON.parse(JSON.stringify(packTexts(shown))));
      expect(unpackTexts(wired)).toEqual(shown);
    }),
  );
});

test('lines of no part, and parts without their file, are refused', () => {
  const shown = packTexts(showTexts([{ text: 'dear', file: null, name: 'a' }]));
  expect(TextsShown.safeParse(shown).success).toBe(true);
  expect(TextsShown.safeParse({ ...shown, files: [] }).success).toBe(false);
  expect(TextsShown.safeParse({ ...shown, lines: [{ part: 1, sign: ' ', excerpt: 'x' }] }).success).toBe(false);
  expect(TextsShown.safeParse({ ...shown, lines: [{ part: -1, sign: ' ', excerpt: 'x' }] }).success).toBe(false);
});
