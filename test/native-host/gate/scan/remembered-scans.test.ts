import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { rememberScans } from '../../../../native-host/gate/scan/remembered-scans.ts';
import { createScanner } from '../../../../native-host/gate/scan/scanner.ts';
import type { Scan } from '../../../../shared/gate/findings.ts';

const hash = (texts: readonly string[]) =>
  createHash('sha256')
    .update(texts.map((text) => `${text.length}:${text}`).join(''))
    .digest('hex');
const SECRET = 'ghp_1234567890abcdefABCDEF1234567890abcd';

test('what was scanned before changes no answer', async () => {
  const text = fc.oneof(
    fc.constantFrom(
      '',
      'a',
      'ab',
      'password: ',
      'hunter2hunter2',
      `token ${SECRET}`,
      SECRET.slice(0, 20),
      SECRET.slice(20),
      'ann@example.org',
    ),
    fc.string({ maxLength: 12, unit: 'binary' }),
  );
  const plain = createScanner();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(text, { maxLength: 3 }), { maxLength: 12 }), async (asked) => {
      const remembering = rememberScans(plain, hash);
      for (const texts of [...asked, ...asked]) expect(await remembering.texts(texts)).toEqual(await plain.texts(texts));
    }),
  );
  plain.close();
});

test('the same texts are looked through once, and again where nothing could be inspected or a character is half', async () => {
  let scans = 0;
  let scan: Scan = { findings: [], inspected: true };
  const texts = async () => {
    scans += 1;
    return scan;
  };
  const counting = rememberScans({ ...createScanner(), texts }, hash);
  const scansOf = async (texts: string[]) => {
    const before = scans;
    await counting.texts(texts);
    await counting.texts([...texts]);
    return scans - before;
  };
  expect(await scansOf(['a', 'b'])).toBe(1);
  expect(await scansOf(['ab'])).toBe(1);
  expect(await scansOf(['\ud800'])).toBe(2);
  scan = { findings: [], inspected: false, problem: 'it took too long' };
  expect(await scansOf(['c'])).toBe(2);
});
