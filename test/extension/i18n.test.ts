import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { t, tCount } from '../../extension/i18n.ts';
import { ERROR_CODES } from '../../shared/errors.ts';
import { OP_NAMES } from '../../shared/ops/catalogue.ts';
import { RECIPES } from '../../shared/recipes/all.ts';
import { readMessages, speak } from './support/browser.ts';

const FOLDER = join(process.cwd(), 'extension');
const en = readMessages('en');
const de = readMessages('de');

function sources(): string {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
  return files.map((name) => readFileSync(join(FOLDER, name), 'utf8')).join('\n') + readFileSync(join(FOLDER, '../wxt.config.ts'), 'utf8');
}

/** Keys that are put together from a table: `error_` and every error code, and so on. */
const COMPOSED = [
  ...ERROR_CODES.map((code) => `error_${code}`),
  ...[...OP_NAMES, 'unknown'].map((op) => `op_${op.replace('.', '_')}`),
  ...[...Object.keys(RECIPES), 'unknown'].map((recipe) => `recipe_${recipe.replace('.', '_')}`),
  ...['read', 'write', 'trash'].map((right) => `right_${right}`),
  ...['open', 'ask', 'home'].flatMap((label) => [`label_${label}`, `label_${label}_text`]),
];

test('both locales have the same keys', () => {
  expect(Object.keys(de)).toEqual(Object.keys(en));
});

test('both locales fill in the same places', () => {
  const places = (text: string) => (text.match(/\$\d/g) ?? []).toSorted();
  for (const key of Object.keys(en)) expect(places(de[key]?.message ?? ''), key).toEqual(places(en[key]?.message ?? ''));
});

test('every error, op, recipe, right and label has its words', () => {
  expect(COMPOSED.filter((key) => !(key in en))).toEqual([]);
});

test('no message is unused', () => {
  const text = sources();
  const used = new Set(
    [...text.matchAll(/['"`]([a-z][a-z0-9_]*)['"`]|__MSG_([a-z_]+)__/g)].map(([, key, manifestKey]) => key ?? manifestKey),
  );
  const isUsed = (key: string) => used.has(key) || COMPOSED.includes(key) || used.has(key.replace(/_(one|other)$/, ''));
  expect(Object.keys(en).filter((key) => !isUsed(key))).toEqual([]);
});

test('no screen holds a sentence of its own', () => {
  const text = sources();
  const sentences = [...text.matchAll(/>\s*([A-Z][a-z]+ [a-z]+[^<>{}]*)</g)].map(([, words]) => words);
  expect(sentences).toEqual([]);
});

test('a count takes the form that the language has for it', () => {
  speak('de');
  expect([tCount('choices', 1), tCount('choices', 2)]).toEqual(['1 Vorschlag', '2 Vorschläge']);
  speak('en');
  expect(t('progress', '3', '9')).toBe('3 of 9');
});
