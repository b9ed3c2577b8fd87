// @vitest-environment happy-dom
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clipPage } from '../../../extension/page/clip.ts';
import { MAX_ELEMENTS, MAX_TEXT_CHARS } from '../../../extension/page/measure.ts';

const NOW = new Date('2026-11-21T08:00:00Z');

function parse(html: string): Document {
  return new DOMParser().parseFromString(html, 'text/html');
}

function clipFixture(name: string) {
  const page = parse(readFileSync(join(process.cwd(), 'test/fixtures/pages', name), 'utf8'));
  Object.defineProperty(page, 'contentType', { value: 'text/html' });
  const base = page.createElement('base');
  base.href = 'https://valley.example/long-reads/article.html';
  page.head.prepend(base);
  const answer = clipPage(page, NOW);
  if (!answer.ok) throw new Error(answer.code);
  return answer;
}

test('a long article keeps its text and headings, and nothing of what surrounds it', () => {
  const { markdown, page } = clipFixture('article-long.html');
  expect(page).toMatchObject({
    title: 'The gate that kept its word',
    author: 'Maren Oakley',
    site: 'The Valley Courier',
    published: '2026-05-14T06:30:00+02:00',
    language: 'en-GB',
    clippedAt: '2026-11-21T08:00:00.000Z',
  });
  expect(markdown.match(/^## /gm)).toHaveLength(12);
  expect(markdown).toContain('For a hundred and fifteen years a wooden gate');
  expect(markdown).toContain('> “A gate is a promise made of oak,”');
  for (const junk of [
    'Advertisement',
    'Boots that never leak',
    'Celebrity number',
    'Ten things about dams',
    '214 partners',
    'First! I did not read it',
  ]) {
    expect(markdown, junk).not.toContain(junk);
  }
});

test('relative links become absolute', () => {
  expect(clipFixture('article-long.html').markdown).toContain('[the archive](https://valley.example/archive/part-1.html?from=long-read)');
});

test('code keeps its language, tables their columns, lists their depth', () => {
  const { markdown } = clipFixture('docs.html');
  expect(markdown).toContain("```js\nimport { gate } from 'sluice';\n\nconst weir");
  expect(markdown).toContain('| Level | Litres per second | Meaning |\n| --- | --- | --- |');
  expect(markdown).toContain('| 10 | 35 | fish pass \\| always |');
  expect(markdown).toContain('| 40 | 140 | one field, [see fields](https://valley.example/fields) |');
  expect(markdown).toMatch(/- {3}power\n +- {3}voltage above 22 V/);
  expect(markdown).toContain('~~rounded~~ **interpolated**');
});

test('a recipe’s metadata comes from its structured data', () => {
  const { page, markdown } = clipFixture('recipe.html');
  expect(page).toMatchObject({
    title: 'River trout with brown butter',
    author: 'Ilse Brandt',
    published: '2026-03-02',
    site: 'Kitchen by the Weir',
  });
  expect(markdown).toContain('1.  Pat the fish dry');
  expect(markdown).not.toContain('newsletter');
});

test('a German article keeps its letters', () => {
  const { page, markdown } = clipFixture('artikel-deutsch.html');
  expect(page).toMatchObject({ title: 'Das Wehr am Mühlbach', author: 'Jörg Weiß', language: 'de' });
  expect(markdown).toContain('Die Wärterin Käthe Schöllhorn öffnet das Tor');
});

test('a page without readable text says so', () => {
  expect(() => clipFixture('no-text.html')).toThrow('no_text');
});

test('a page above the limits is refused before any work', () => {
  const long = parse(`<p>${'x'.repeat(MAX_TEXT_CHARS + 1)}</p>`);
  const many = parse('<i></i>'.repeat(MAX_ELEMENTS + 1));
  for (const page of [long, many]) {
    Object.defineProperty(page, 'contentType', { value: 'text/html' });
    expect(clipPage(page, NOW)).toEqual({ ok: false, code: 'too_large' });
  }
});

test('text that nobody sees does not count', () => {
  const page = parse(
    `<script>${' '.repeat(MAX_TEXT_CHARS + 1)}</script><article><p>${'A gate is a promise made of oak. '.repeat(20)}</p></article>`,
  );
  Object.defineProperty(page, 'contentType', { value: 'text/html' });
  expect(clipPage(page, NOW)).toMatchObject({ ok: true });
});

test('what is no page of text is unsupported', () => {
  const page = parse('<embed>');
  Object.defineProperty(page, 'contentType', { value: 'application/pdf' });
  expect(clipPage(page, NOW)).toEqual({ ok: false, code: 'unsupported' });
});

test('clipping leaves the page as it was', () => {
  const page = parse(readFileSync(join(process.cwd(), 'test/fixtures/pages/recipe.html'), 'utf8'));
  Object.defineProperty(page, 'contentType', { value: 'text/html' });
  const before = page.documentElement.outerHTML;
  clipPage(page, NOW);
  expect(page.documentElement.outerHTML).toBe(before);
});
