import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stem } from '../../../shared/text/stem.ts';

test.each([
  ['file files filing filed'],
  ['city cities'],
  ['study studies studied studying'],
  ['box boxes'],
  ['class classes'],
  ['plan plans planned planning'],
  ['store stores stored storing'],
  ["owner owners owner's"],
  ['panel panels'],
])('English forms meet: %s', (forms) => {
  expect(new Set(forms.split(' ').map((form) => stem(form, 'en'))).size).toBe(1);
});

test.each([
  ['datei dateien'],
  ['haus häuser häusern hauses'],
  ['rechnung rechnungen'],
  ['projekt projekte projekts projektes projekten'],
  ['vertrag verträge verträgen vertrages'],
  ['computer computern computers'],
  ['ergebnis ergebnisse ergebnissen'],
  ['lehrerin lehrerinnen'],
  ['steuer steuern'],
  ['regel regeln'],
  ['straße strassen'],
  ['idee ideen'],
])('German forms meet: %s', (forms) => {
  expect(new Set(forms.split(' ').map((form) => stem(form, 'de'))).size).toBe(1);
});

test('different words stay apart', () => {
  expect(stem('file', 'en')).not.toBe(stem('fill', 'en'));
  expect(stem('bus', 'en')).not.toBe(stem('bush', 'en'));
  expect(stem('string', 'en')).toBe('string');
  expect(stem('speed', 'en')).toBe('speed');
  expect(stem('haus', 'de')).not.toBe(stem('haut', 'de'));
});

test('any other language keeps its words but for a plural s', () => {
  expect(stem('entreprises', 'und')).toBe(stem('entreprise', 'und'));
  expect(stem('поезда', 'und')).toBe('поезда');
});

test('every string has a stem, no longer than itself with its ß spelt out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('en', 'de', 'und'), (word, language) => {
      expect(stem(word, language).length).toBeLessThanOrEqual(word.replaceAll('ß', 'ss').length);
    }),
  );
});
