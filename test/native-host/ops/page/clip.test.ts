import { expect, test } from 'vitest';
import { performOp } from '../../support/perform-op.ts';
import { grantFolder, type Granted } from '../../support/granted.ts';
import { codeOf, textOf } from '../../support/op-outputs.ts';

const page = { title: 'A title', url: 'https://example.org/a?b=c', author: 'Ada', language: 'en', clippedAt: '2026-11-21T12:00:00Z' };
const clip = (granted: Granted, more: object = {}, body = 'First paragraph.', label: 'open' | 'ask' = 'open') =>
  performOp(
    'page.clip',
    { page: { ...page, ...more }, text: [granted.context.handles.putText('clip', body, label).handle] },
    granted.context,
  );

test('a page becomes Markdown with front matter', async () => {
  using granted = grantFolder();
  const { handles } = granted.context;
  const tags = handles.putText(
    'answer',
    JSON.stringify({
      terms: [
        { term: 'Cloud Gardens', weight: 1 },
        { term: '!!', weight: 0.1 },
      ],
    }),
    'ask',
  ).handle;
  const summary = handles.putText('answer', JSON.stringify({ summary: 'It is "short".', language: 'en' }), 'open').handle;
  const text = handles.putText('clip', 'First paragraph.', 'open').handle;
  const result = await performOp('page.clip', { page, text: [text], tags: [tags], summary: [summary] }, granted.context);
  expect(textOf(granted, result)).toBe(`---
title: "A title"
author: "Ada"
url: "https://example.org/a?b=c"
date: "2026-11-21T12:00:00Z"
language: "en"
tags: ["cloud-gardens"]
summary: "It is \\"short\\"."
---

# A title

First paragraph.
`);
  expect(result.outputs).toMatchObject([{ kind: 'clip', label: 'ask' }]);
});

test.each([
  'a\n---\nevil: true',
  '"quoted" \\ back',
  '#hash: [x]',
  '\u202Ertl\u200B',
  '\u2028line',
  'emoji 👩‍💻',
  '\ud800',
  '',
  ' '.repeat(50),
  '{{template}} <% x %>',
  'x'.repeat(2000),
])('the title %j stays one quoted field', async (title) => {
  using granted = grantFolder();
  const text = textOf(granted, await clip(granted, { title }));
  const head = /^---\n([\s\S]*?)\n---\n/.exec(text)?.[1] ?? '';
  expect(head.split('\n').map((line) => line.split(':')[0])).toEqual(['title', 'author', 'url', 'date', 'language']);
  expect(head).toMatch(/^title: "(?:[^"\\]|\\.)*"$/m);
  expect(head).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B\u2028\u2029]/);
  expect(text.isWellFormed()).toBe(true);
  expect(text.match(/^---$/gm)).toHaveLength(2);
});

test('a body that has a heading of its own gets no second one', async () => {
  using granted = grantFolder();
  expect(textOf(granted, await clip(granted, {}, '# Own\n\nx'))).not.toContain('# A title');
});

test('a page without text says so', async () => {
  using granted = grantFolder();
  expect(await codeOf(clip(granted, {}, ' \n '))).toBe('no_text');
});
