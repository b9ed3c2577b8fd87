import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  endOfPath,
  quotedName,
  escapeForDisplay,
  isDeviceName,
  MAX_NAME_BYTES,
  nextName,
  safeFileName,
  utf8Length,
} from '../../../shared/gate/names.ts';

const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** What every file system takes, and no screen is fooled by. */
function expectPlain(name: string): void {
  expect(name).not.toMatch(/[/\\:<>"|?*]/);
  expect(name).not.toMatch(INVISIBLE);
  expect(name).not.toMatch(/^[.\s]|[.\s]$/u);
  expect(RESERVED.test((name.split('.')[0] ?? '').trim())).toBe(false);
  expect(utf8Length(name)).toBeLessThanOrEqual(MAX_NAME_BYTES);
  expect(name).toBe(name.normalize('NFC'));
  expect(name.length).toBeGreaterThan('.md'.length);
}

test.each([
  ['../../.bashrc', 'bashrc.md'],
  ['..', 'Untitled.md'],
  ['', 'Untitled.md'],
  ['   ', 'Untitled.md'],
  ['CON', 'CON_ page.md'],
  ['con.txt', 'con_.txt page.md'],
  ['LPT1', 'LPT1_ page.md'],
  ['COM¹', 'COM¹_ page.md'],
  ['Conference', 'Conference.md'],
  ['conin$', 'conin$_ page.md'],
  ['a/b\\c:d', 'a-b-c-d.md'],
  ['trailing dots...   ', 'trailing dots.md'],
  ['NUL\u0000 inside', 'NUL inside.md'],
  ['\u202Egnp.exe', 'gnp.exe.md'],
  ['zero\u200Bwidth', 'zerowidth.md'],
  ['line\nbreak\tand tab', 'line break and tab.md'],
  ['lone \uD800 surrogate', 'lone  surrogate.md'],
  ['no \uFFFD character', 'no - character.md'],
  ['cafe\u0301', 'café.md'],
  ['e\u200B\u0301', 'é.md'],
  ['🦊 und 🦉', '🦊 und 🦉.md'],
  ['  .hidden', 'hidden.md'],
])('the title %j gives the name %j', (title, name) => {
  expect(safeFileName(title, '.md')).toBe(name);
  expectPlain(name);
});

test.each([
  ['latin letters', 'x'.repeat(300)],
  ['emoji', '🦊'.repeat(100)],
  ['a reserved name in front', `con.${'x'.repeat(300)}`],
  ['combining marks', 'a\u0301\u0302\u0303'.repeat(60)],
  ['spaces', 'word '.repeat(80)],
])('300 characters of %s are cut to the limit in bytes', (_name, title) => {
  expectPlain(safeFileName(title, '.md'));
});

test('any title gives a plain name within the limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (title) => expectPlain(safeFileName(title, '.md'))),
    { numRuns: 500 },
  );
  const nasty = fc.string({
    unit: fc.constantFrom(
      '.',
      '/',
      '\\',
      ' ',
      '-',
      'con',
      'NUL',
      '\u202E',
      '\u0000',
      '\u0301',
      '\uD800',
      '\uFEFF',
      'a',
      '🦊',
      ':',
      '$',
      '¹',
    ),
    maxLength: 60,
  });
  fc.assert(
    fc.property(nasty, (title) => expectPlain(safeFileName(title, '.md'))),
    { numRuns: 2000 },
  );
});

test('the next names count up before the extension', () => {
  expect([1, 2, 3].map((attempt) => nextName('a.md', attempt))).toEqual(['a.md', 'a (2).md', 'a (3).md']);
  expect(nextName('.profile', 2)).toBe('.profile (2)');
  expect(nextName('no extension', 2)).toBe('no extension (2)');
});

test('names are shown with what cannot be seen spelt out', () => {
  expect(escapeForDisplay('invoice\u202Efdp.exe')).toBe('invoice‹U+202E›fdp.exe');
  expect(escapeForDisplay('a\u0000b')).toBe('a‹U+0000›b');
  expect(escapeForDisplay('plain name.md')).toBe('plain name.md');
});

test('what is shown holds no invisible character, whatever the name', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => void expect(escapeForDisplay(name)).not.toMatch(INVISIBLE)));
});

test('bytes are counted as an encoder counts them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => void expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)),
  );
});

test('a device’s name is one with any extension, in any case, with blanks or a stream', () => {
  for (const name of ['NUL', 'con.txt', 'Com1 .md', 'lpt¹.tar.gz', 'aux:x', 'CONIN$']) expect(isDeviceName(name), name).toBe(true);
  for (const name of ['null', 'console.txt', 'com10', 'auxiliary.c', 'a.con', '.con']) expect(isDeviceName(name), name).toBe(false);
});

test('letters that no font draws are made visible', () => {
  expect(escapeForDisplay('a\u3164b\u2800')).toBe('a‹U+3164›b‹U+2800›');
});

test('of a long path the end is shown', () => {
  expect([endOfPath('a/b.md', 6), endOfPath('a/b.md', 5)]).toEqual(['a/b.md', '…b.md']);
});

test('a name in a sentence ends where its quotes end, whatever is in it', () => {
  expect(quotedName('a.md', 20)).toBe('“a.md”');
  expect(quotedName('notes” to your own screen.\u202e “x', 60)).toBe('“notes" to your own screen.‹U+202E› "x”');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 2, max: 40 }), (name, most) => {
      const words = quotedName(name, most);
      expect(words.match(/[“”]/g)).toEqual(['“', '”']);
      expect(words.length).toBeLessThanOrEqual(most + 2);
    }),
  );
});
