import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SAMPLES } from '../../../native-host/checkout/places.ts';
import { SAMPLE_PAGE } from '../../../native-host/checkout/samples.ts';
import { classify } from '../../../shared/text/classify.ts';
import { detectLanguages } from '../../../shared/text/language.ts';
import { summarize } from '../../../shared/text/summarize.ts';

const folder = join(SAMPLES, 'documents');
const names = readdirSync(folder);
const texts = names.map((name) => readFileSync(join(folder, name), 'utf8').replace(/<[^>]+>/g, ' '));

test('the documents are English and German, in several formats', () => {
  expect(new Set(detectLanguages(texts))).toEqual(new Set(['en', 'de']));
  expect(new Set(names.map((name) => name.split('.').at(-1)))).toEqual(new Set(['md', 'txt', 'html']));
});

test('the bread recipe is the one that is like no other', () => {
  const { items } = classify(texts.map((text) => summarize(text, { maxChars: 400 }).summary));
  expect(names.filter((_, index) => items[index]?.odd)).toEqual(["Grandmother's rye bread.md"]);
});

test('the page loads nothing from elsewhere', () => {
  expect(readFileSync(SAMPLE_PAGE, 'utf8')).not.toMatch(/<(script|img|iframe|link rel="stylesheet")/);
});
