import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestInputs, isFresh, type StampQuestion, writeStamp } from '../../../native-host/checkout/stamp.ts';

let root: string;
let question: StampQuestion;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hg-stamp-'));
  mkdirSync(join(root, 'src', 'deep'), { recursive: true });
  writeFileSync(join(root, 'src', 'deep', 'a.ts'), 'a');
  writeFileSync(join(root, 'out.js'), 'built');
  question = { root, inputs: ['src', 'absent.json'], outputs: [join(root, 'out.js')], stamp: join(root, 'stamps', 'out') };
});
afterEach(() => rmSync(root, { recursive: true }));

const build = () => writeStamp(question.stamp, digestInputs(question));

test('a build without a stamp is stale, with one it is fresh', () => {
  expect(isFresh(question)).toBe(false);
  build();
  expect(isFresh(question)).toBe(true);
});

test.each([
  ['changed in length', () => writeFileSync(join(root, 'src', 'deep', 'a.ts'), 'ab')],
  ['changed in time', () => utimesSync(join(root, 'src', 'deep', 'a.ts'), 1, 1)],
  ['added', () => writeFileSync(join(root, 'src', 'b.ts'), '')],
  ['removed', () => rmSync(join(root, 'src', 'deep', 'a.ts'))],
  ['added where an input was absent', () => writeFileSync(join(root, 'absent.json'), '')],
])('a file that was %s makes the build stale', (_says, change) => {
  build();
  change();
  expect(isFresh(question)).toBe(false);
});

test('a missing output makes the build stale', () => {
  build();
  rmSync(join(root, 'out.js'));
  expect(isFresh(question)).toBe(false);
});

test('packages and builds inside the inputs do not count', () => {
  build();
  mkdirSync(join(root, 'src', 'node_modules'));
  writeFileSync(join(root, 'src', 'node_modules', 'x.js'), '');
  expect(isFresh(question)).toBe(true);
});
