import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LONGEST, rankOf } from './longest-first.ts';

const ROOT = join(import.meta.dirname, '..', '..');

test('every file that is named is there, and has its rank', () => {
  for (const [rank, name] of LONGEST.entries()) {
    const path = [`test/${name}.test.ts`, `test/${name}.e2e.test.ts`].map((each) => join(ROOT, each)).find((each) => existsSync(each));
    expect(path, name).toBeDefined();
    expect(rankOf(path ?? '')).toBe(rank);
  }
});

test('any other comes after them', () => {
  expect(rankOf(join(ROOT, 'test', 'native-host', 'cli', 'commands.test.ts'))).toBe(LONGEST.length);
});
