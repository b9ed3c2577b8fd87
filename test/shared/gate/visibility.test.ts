import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldPath } from '../../../shared/gate/fold-path.ts';
import { compileVisibility, Glob, globProblem } from '../../../shared/gate/visibility.ts';

const see = (include: string[], exclude: string[]) => compileVisibility({ include, exclude });

test('without globs everything is there', () => {
  expect(see([], [])).toMatchObject({ whole: true });
  expect(see([], []).file('a/b.key')).toBe(true);
});

const EXCLUDES: readonly [glob: string, gone: readonly string[], stays: readonly string[]][] = [
  ['*.key', ['a.key', 'x/y/a.key', '.key', 'a.key/b.txt'], ['a.keys', 'key']],
  ['Taxes', ['Taxes', 'Taxes/2025.pdf', 'x/Taxes/a'], ['Taxes.txt', 'MyTaxes']],
  ['Taxes/', ['Taxes', 'Taxes/2025.pdf'], ['Taxes.txt']],
  ['Taxes/**', ['Taxes/2025.pdf', 'Taxes/a/b'], ['Taxes', 'x/Taxes/a']],
  ['a/b', ['a/b', 'a/b/c'], ['b', 'x/a/b', 'a']],
  ['./a/b', ['a/b'], ['b']],
  ['**/draft-?.{md,txt}', ['draft-1.md', 'x/draft-2.txt'], ['draft-10.md', 'draft-1.pdf']],
];

test.each(EXCLUDES)('the exclude %s leaves out what fits and all that is in it', (glob, gone, stays) => {
  const { file, excluded } = see([], [glob]);
  for (const path of gone) expect([file(path), excluded(path)], path).toEqual([false, true]);
  for (const path of stays) expect([file(path), excluded(path)], path).toEqual([true, false]);
});

const INCLUDES: readonly [
  glob: string,
  files: readonly string[],
  not: readonly string[],
  folders: readonly string[],
  notFolders: readonly string[],
][] = [
  ['*.md', ['a.md', 'x/y/a.md'], ['a.txt', 'A.MD', 'md'], ['x', 'x/y'], []],
  ['Letters', ['Letters/a', 'x/Letters/a'], ['a', 'letters/a'], ['Letters', 'x', 'Letters/deep'], []],
  ['Letters/**', ['Letters/a', 'Letters/x/y'], ['Letters', 'x/Letters/a'], ['Letters', 'Letters/x'], ['x', 'Letter']],
  ['a/*/c.md', ['a/x/c.md'], ['a/c.md', 'a/x/y/c.md'], ['a', 'a/x'], ['b', 'a/x/y']],
];

test.each(INCLUDES)('the include %s lets in what fits, and folders that may hold it', (glob, files, not, folders, notFolders) => {
  const visibility = see([glob], []);
  for (const path of files) expect(visibility.file(path), path).toBe(true);
  for (const path of not) expect(visibility.file(path), path).toBe(false);
  for (const path of folders) expect(visibility.folder(path), path).toBe(true);
  for (const path of notFolders) expect(visibility.folder(path), path).toBe(false);
  expect(visibility.folder('')).toBe(true);
});

test('an exclude beats an include', () => {
  expect(see(['*.md'], ['private']).file('private/a.md')).toBe(false);
  expect(see(['private/a.md'], ['private']).file('private/a.md')).toBe(false);
});

test('no other spelling that a file system may take for the same name gets by an exclude', () => {
  const { file } = see([], ['Geheim/**', '*.key', 'straße', 'é.txt', 'Z[A-C]Z']);
  for (const path of [
    'GEHEIM/a',
    'geheim./a',
    'geheim /a',
    'Geheim::$INDEX_ALLOCATION/a',
    'Ge\u200cheim/a',
    'Ｇeheim/a',
    'x.KEY',
    'x.key.',
    'x.key ',
    'x.key::$DATA',
    'x:y.KEY',
    'STRASSE',
    'STRAẞE',
    'e\u0301.txt',
    'É.txt',
    'zbz',
    'ZBZ',
  ])
    expect(file(path), path).toBe(false);
});

test('an include is taken as it is written, but for the normal form', () => {
  const { file } = see(['Bücher/**'], []);
  expect(file('Bu\u0308cher/a')).toBe(true);
  expect(file('bücher/a')).toBe(false);
});

const name = fc.constantFrom('a', 'B', 'ä', 'x.key', 'X.Key', 'ß', 'Taxes', 'straße', '.x');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const glob = fc.constantFrom('a', '*.key', 'ä', 'B/**', 'Taxes', 'straße', '?', 'a/*', '**/x.key', '.x');
const globs = fc.array(glob, { maxLength: 4 });

test('more excludes show less, and what is shown lies in folders that are shown', () => {
  fc.assert(
    fc.property(globs, globs, globs, path, (include, exclude, more, at) => {
      const [wide, narrow] = [see(include, exclude), see(include, [...exclude, ...more])];
      if (narrow.file(at)) expect(wide.file(at)).toBe(true);
      if (narrow.folder(at)) expect(wide.folder(at)).toBe(true);
      if (!wide.file(at)) return;
      const segments = at.split('/');
      for (let depth = 1; depth < segments.length; depth += 1) expect(wide.folder(segments.slice(0, depth).join('/'))).toBe(true);
    }),
  );
});

test('every spelling that folds to an excluded path is excluded', () => {
  const spell = (text: string, seed: number) =>
    [...text].map((char, index) => ((seed >> (index % 20)) & 1 ? char.toUpperCase() : char.normalize('NFD'))).join('');
  fc.assert(
    fc.property(globs, path, fc.nat(), (exclude, at, seed) => {
      const { excluded } = see([], exclude);
      const other = spell(at, seed);
      // A `?` is one character: where folding makes two of it (ß, SS), it no longer fits.
      if ([...foldPath(`/${at}`)].length !== [...at].length + 1) return;
      if (foldPath(`/${other}`) === foldPath(`/${at}`) && excluded(at)) expect(excluded(other), other).toBe(true);
    }),
  );
});

test('what was asked before changes no answer', () => {
  fc.assert(
    fc.property(globs, globs, fc.array(path, { maxLength: 8 }), (include, exclude, paths) => {
      const asked = see(include, exclude);
      for (const at of [...paths, ...paths]) {
        const fresh = see(include, exclude);
        expect([asked.file(at), asked.folder(at), asked.excluded(at)], at).toEqual([fresh.file(at), fresh.folder(at), fresh.excluded(at)]);
      }
    }),
  );
});

test.each([
  ['', '1 to 200'],
  ['  ', '1 to 200'],
  ['/a', 'relative'],
  ['../a', 'out of its folder'],
  ['a/../b', 'out of its folder'],
  ['a\\b', 'not \\'],
  ['a//b', 'between any two'],
  ['a\u0000', 'control'],
  ['{a,b}'.repeat(7), 'alternatives'],
])('%j is no glob of a grant', (pattern, why) => {
  expect(globProblem(pattern)).toContain(why);
  expect(Glob.safeParse(pattern).success).toBe(false);
});

test.each(['*.md', 'Letters/**', 'a/{b,c}/?.txt', 'Taxes/', './x', '[a-c]*'])('%s is a glob', (pattern) => {
  expect(globProblem(pattern)).toBeNull();
});
