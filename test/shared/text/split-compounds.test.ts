import { expect, test } from 'vitest';
import { splitCompounds } from '../../../shared/text/split-compounds.ts';

const vocabulary = new Set(['rechnung', 'strom', 'stromrechnung', 'haus']);

test('a German compound gives the known word it ends or begins with', () => {
  expect(splitCompounds(['stromrechnung'], 'de', vocabulary)).toEqual(['stromrechnung', 'rechnung']);
  expect(splitCompounds(['stromzahl'], 'de', vocabulary)).toEqual(['stromzahl', 'strom']);
});

test('short parts and other languages are left alone', () => {
  expect(splitCompounds(['haustier'], 'de', vocabulary)).toEqual(['haustier']);
  expect(splitCompounds(['stromrechnung'], 'en', vocabulary)).toEqual(['stromrechnung']);
});
