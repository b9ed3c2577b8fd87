import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitSentences } from '../../../shared/text/sentences.ts';
import { summarize } from '../../../shared/text/summarize.ts';
import { FRENCH, LECTURE_DE, MAIL, PDF_TEXT, RENT_DE, SOLAR } from './samples.ts';

const ARTICLES = [SOLAR, RENT_DE, MAIL, PDF_TEXT, LECTURE_DE, FRENCH];

test('an English article is summed up by its main points', () => {
  const { summary, language } = summarize(SOLAR);
  expect(language).toBe('en');
  expect(summary).toMatch(/no longer need to be registered/);
  expect(summary).toMatch(/saves between 60 and 150 euros/);
});

test('a German article is summed up by its lead and its rules', () => {
  const { summary, language } = summarize(RENT_DE);
  expect(language).toBe('de');
  expect(summary).toMatch(/^Die Bundesregierung will die Mietpreisbremse bis Ende 2029 verlängern\./);
  expect(summary).toMatch(/am 3\. Mai vorgelegt/);
});

test('a mail is summed up by its message, not by its greeting', () => {
  const { summary } = summarize(MAIL);
  expect(summary).toMatch(/move the launch of the customer portal to 14 October/);
  expect(summary).not.toMatch(/Hi Tom|regards|thanks/);
});

test('a study keeps its conclusion', () => {
  expect(summarize(PDF_TEXT).summary).toMatch(/We conclude/);
});

test.each(ARTICLES)('article %#: the summary is whole sentences in their order, and ranges point at them', (text) => {
  const { summary, ranges } = summarize(text);
  const taken = splitSentences(text).filter(({ start, end }) => ranges.some((r) => r.start === start && r.end === end));
  expect(ranges).toHaveLength(3);
  expect(summary).toBe(taken.map((sentence) => sentence.text).join(' '));
});

test('in plain text the range is the sentence', () => {
  const { summary, ranges } = summarize(LECTURE_DE);
  expect(summary).toBe(ranges.map(({ start, end }) => LECTURE_DE.slice(start, end)).join(' '));
});

test('a sentence that is said twice is taken once', () => {
  const said = 'The dam must be repaired before the autumn floods reach the valley.';
  const { ranges } = summarize(`${said} The council has no money for the dam. ${said} ${said}`);
  expect(ranges).toHaveLength(2);
});

test('a page header that comes on every page counts once', () => {
  const pages = PDF_TEXT.split('. ').map((page) => `${page}.\n\nThe annual report of the noise office.\n\n`);
  expect(summarize(pages.join('')).summary.split('annual report')).toHaveLength(1);
});

test('no words give an empty summary', () => {
  for (const text of ['', ' \n ', '...', '—', '```\ncode\n```']) {
    expect(summarize(text)).toEqual({ summary: '', language: 'und', ranges: [] });
  }
});

test('a text of headings and items only is still summed up', () => {
  expect(summarize('# Shopping\n- Milk and butter\n- Bread').summary).toContain('Milk and butter; Bread');
});

test('a heading is not taken to fill up', () => {
  expect(summarize('# Dams\nThe dam must be repaired before the floods.').ranges).toHaveLength(1);
});

test('where no sentence fits, the best is cut between words', () => {
  const { summary, ranges } = summarize(RENT_DE, { maxChars: 30 });
  expect(summary).toMatch(/^[\p{L} ,]+…$/u);
  expect(summary.length).toBeLessThanOrEqual(30);
  expect(ranges).toHaveLength(1);
  const { start, end } = ranges[0] ?? { start: 0, end: 0 };
  expect(RENT_DE.slice(start, end).startsWith(summary.slice(0, -1))).toBe(true);
});

test('a limit of nothing gives nothing', () => {
  for (const limit of [0, -1, Number.NaN]) {
    expect(summarize(SOLAR, { maxChars: limit }).summary).toBe('');
    expect(summarize(SOLAR, { sentences: limit }).ranges).toEqual([]);
  }
});

test('the same text gives the same summary', () => {
  for (const text of ARTICLES) expect(summarize(text)).toEqual(summarize(text));
});

test('a conclusion far behind the considered opening is still considered', () => {
  const filler = Array.from({ length: 2500 }, (_, index) => `Line ${index} says little.`).join(' ');
  const closing = 'In conclusion the line says little because lines say what the writer of the line wants.';
  expect(summarize(`${filler} ${closing}`).summary).toContain(closing);
});

test('any text and any limits give a summary within the limits', () => {
  const part = fc.oneof(fc.constantFrom(...ARTICLES), fc.string({ unit: 'binary', maxLength: 60 }));
  const limits = { sentences: fc.integer({ min: -1, max: 12 }), maxChars: fc.integer({ min: -1, max: 900 }) };
  fc.assert(
    fc.property(fc.array(part, { maxLength: 3 }), fc.record(limits), (parts, options) => {
      const text = parts.join('\n\n');
      const { summary, ranges } = summarize(text, options);
      expect(summary.length).toBeLessThanOrEqual(Math.max(0, options.maxChars));
      expect(ranges.length).toBeLessThanOrEqual(Math.max(0, options.sentences));
      expect(ranges.every(({ start, end }) => start >= 0 && start < end && end <= text.length)).toBe(true);
      expect(summary === '').toBe(ranges.length === 0);
    }),
  );
});
