import { expect, test } from 'vitest';
import { detectLanguage, detectLanguages } from '../../../shared/text/language.ts';
import { BEES, FRENCH, LECTURE_DE, MAIL, RENT_DE, SOLAR } from './samples.ts';

test('articles and mail are known by their language', () => {
  expect([SOLAR, MAIL, RENT_DE, LECTURE_DE].map(detectLanguage)).toEqual(['en', 'en', 'de', 'de']);
});

test('one short sentence is enough', () => {
  expect(detectLanguage('The invoice was sent to the customer.')).toBe('en');
  expect(detectLanguage('Die Rechnung wurde an den Kunden geschickt.')).toBe('de');
});

test('a language without a profile is undetermined', () => {
  expect(detectLanguage(FRENCH)).toBe('und');
  expect(detectLanguage('De trein van half negen is vandaag niet gereden, omdat er geen machinist was.')).toBe('und');
  expect(detectLanguage('Поезд сегодня не пришёл, потому что на путях лежал снег.')).toBe('und');
});

test('no text, numbers and names are undetermined', () => {
  expect(['', '   ', '12 345 2024', 'Anna Weber', '☃☃☃'].map(detectLanguage)).toEqual(Array(5).fill('und'));
});

test('a title takes the language of the texts beside it', () => {
  expect(detectLanguages(['Solar panels', SOLAR, BEES[0] ?? ''])).toEqual(['en', 'en', 'en']);
  expect(detectLanguages(['Solar panels'])).toEqual(['und']);
});

test('a long text in another language does not take the language of the texts beside it', () => {
  expect(detectLanguages([FRENCH, SOLAR])).toEqual(['und', 'en']);
});
