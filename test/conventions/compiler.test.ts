// The dependency rule is kept by the compiler: the real tsconfig files, over a small tree in which each file does one thing
// that is forbidden, or one that is allowed. One run of `tsc -b` must refuse all of the former and none of the latter.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROGRAMS, ROOT } from './source-files.ts';

const NOT_OURS = 'TS6307'; // File … is not listed within the file list of project …
const NO_NAME = /TS2(304|307|584|591|580|503)/;

/** A file, what it does, and the error that refuses it. */
const FORBIDDEN: readonly [path: string, text: string, error: string | RegExp][] = [
  ...crossing('shared', ['native-host', 'cloud', 'extension', 'test']),
  ...crossing('native-host', ['cloud', 'extension', 'test']),
  ...crossing('cloud', ['native-host', 'extension', 'test']),
  ...crossing('extension', ['native-host', 'cloud', 'test']),
  ['shared/imports-node.ts', "import { readFileSync } from 'node:fs';\nexport const it = readFileSync;", NO_NAME],
  ['shared/imports-crypto.ts', "import { randomBytes } from 'node:crypto';\nexport const it = randomBytes;", NO_NAME],
  ['shared/uses-process.ts', 'export const it: unknown = process.env;', NO_NAME],
  ['shared/uses-buffer.ts', "export const it: unknown = Buffer.from('x');", NO_NAME],
  ['shared/uses-document.ts', 'export const it: unknown = document.title;', NO_NAME],
  ['shared/uses-window.ts', 'export const it: unknown = window;', NO_NAME],
  ['shared/uses-fetch.ts', "export const it: unknown = fetch('x');", NO_NAME],
  ['shared/uses-timer.ts', 'export const it: unknown = setTimeout;', NO_NAME],
  ['shared/uses-console.ts', 'export const it: unknown = console;', NO_NAME],
  ['shared/uses-randomness.ts', 'export const it: unknown = crypto.getRandomValues;', NO_NAME],
  ['shared/uses-chrome.ts', 'export const it: unknown = chrome.runtime;', NO_NAME],
  ['native-host/uses-document.ts', 'export const it: unknown = document.title;', NO_NAME],
  ['native-host/uses-chrome.ts', 'export const it: unknown = chrome.runtime;', NO_NAME],
  ['cloud/uses-document.ts', 'export const it: unknown = document.title;', NO_NAME],
  ['shared/an-enum.ts', 'export enum Colour { Red }', 'TS1294'],
  ['shared/unchecked-index.ts', 'const list: string[] = [];\nexport const it: string = list[0];', 'TS2322'],
  ['shared/a-type-imported-as-a-value.ts', "import { Type } from './allowed.ts';\nexport const it: Type = 1;", 'TS1484'],
];

const ALLOWED: readonly [path: string, text: string][] = [
  ['shared/allowed.ts', "import * as z from 'zod';\nexport const schema = z.string();\nexport type Type = number;"],
  [
    'native-host/allowed.ts',
    "import { readFileSync } from 'node:fs';\nimport { schema } from '../shared/allowed.ts';\nexport const it: unknown = [readFileSync, schema, process.env];",
  ],
  [
    'cloud/allowed.ts',
    "import { createHash } from 'node:crypto';\nimport { schema } from '../shared/allowed.ts';\nexport const it: unknown = [createHash, schema];",
  ],
  [
    'extension/allowed.ts',
    "import { schema } from '../shared/allowed.ts';\nexport const it: unknown = [document.title, chrome.runtime, schema];",
  ],
  [
    'test/allowed.ts',
    "import { it as one } from '../native-host/allowed.ts';\nimport { it as two } from '../cloud/allowed.ts';\nimport { it as three } from '../extension/allowed.ts';\nexport const all: unknown = [one, two, three];",
  ],
];

/** One file for each crossing, each with a target of its own: the compiler names a file that is not listed only once. */
function crossing(from: string, to: readonly string[]): [string, string, string][] {
  return to.flatMap((folder): [string, string, string][] => [
    [`${from}/imports-${folder}.ts`, `import { thing } from '../${folder}/thing-for-${from}.ts';\nexport const it = thing;`, NOT_OURS],
    [
      `${from}/imports-a-type-of-${folder}.ts`,
      `import type { Thing } from '../${folder}/type-for-${from}.ts';\nexport type It = Thing;`,
      NOT_OURS,
    ],
  ]);
}

let folder: string;
let said: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-compiler-'));
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
  };
  put('package.json', '{"type":"module"}');
  for (const program of [...PROGRAMS, 'test']) {
    put(`${program}/package.txt`, '');
    copyFileSync(join(ROOT, program, 'tsconfig.json'), join(folder, program, 'tsconfig.json'));
    for (const other of PROGRAMS) {
      put(`${program}/thing-for-${other}.ts`, 'export const thing = 1;');
      put(`${program}/type-for-${other}.ts`, 'export type Thing = 1;');
    }
  }
  copyFileSync(join(ROOT, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  for (const [path, text] of [...FORBIDDEN, ...ALLOWED]) put(path, text);
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
  });
  said = stdout;
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const errorsIn = (path: string): string =>
  said
    .split('\n')
    .filter((line) => line.startsWith(`${path}(`))
    .join('\n');

test.each(FORBIDDEN)('%s is refused', (path, _text, error) => {
  expect(errorsIn(path)).toMatch(error);
});

test.each(ALLOWED)('%s is allowed', (path) => {
  expect(errorsIn(path)).toBe('');
});

test('nothing else is complained of', () => {
  const forbidden = FORBIDDEN.map(([path]) => `${path}(`);
  expect(said.split('\n').filter((line) => /^\S+\(\d/.test(line) && !forbidden.some((path) => line.startsWith(path)))).toEqual([]);
  expect(said).not.toBe('');
});
