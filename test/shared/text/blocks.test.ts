import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitBlocks } from '../../../shared/text/blocks.ts';

const textsOf = (text: string) => splitBlocks(text).map((block) => block.text);

test('a blank line parts paragraphs, a line break alone does not', () => {
  expect(textsOf('one\ntwo  three\n\nfour')).toEqual(['one two three', 'four']);
});

test('headings and items stand alone', () => {
  const blocks = splitBlocks('# Title\nText of it.\n- one\n- two\n  goes on');
  expect(blocks.map(({ kind, text }) => [kind, text])).toEqual([
    ['heading', 'Title'],
    ['paragraph', 'Text of it.'],
    ['item', 'one'],
    ['item', 'two goes on'],
  ]);
});

test('a short line before a capital ends on purpose', () => {
  expect(textsOf('Results\nThe first experiment took a whole week of careful work.')).toHaveLength(2);
});

test('words hyphenated at the end of a line are joined, also when the next line is indented', () => {
  expect(textsOf('Der Umwelt-\n  lärm nimmt zu')).toEqual(['Der Umweltlärm nimmt zu']);
  expect(textsOf('Vor-\nund Nachteile')).toEqual(['Vor- und Nachteile']);
});

test('Windows line ends leave nothing behind', () => {
  expect(textsOf('one\r\ntwo\r\n\r\nthree\r\n')).toEqual(['one two', 'three']);
});

test('each character of a block knows where it stood', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      for (const block of splitBlocks(text)) {
        expect(block.offsets).toHaveLength(block.text.length);
        for (const [index, character] of block.text.split('').entries()) {
          if (character !== ' ') expect(text[block.offsets[index] ?? -1]).toBe(character);
        }
      }
    }),
  );
});
