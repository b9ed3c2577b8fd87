import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { performOp } from '../../support/perform-op.ts';
import type { HandleId } from '../../../../shared/ids.ts';
import { grantFolder, type Granted } from '../../support/granted.ts';
import { textOf } from '../../support/op-outputs.ts';

const answer = (granted: Granted, value: unknown, from?: HandleId) =>
  granted.context.handles.putText('answer', JSON.stringify(value), 'open', from).handle;
const summaryOf = (granted: Granted, file: HandleId, summary: string) => {
  const text = granted.context.handles.putText('text', 'whole text', 'open', file).handle;
  return answer(granted, { summary, language: 'en' }, text);
};
const digest = (granted: Granted, args: object) =>
  performOp('doc.digest', { grant: granted.grant.id, files: [], summaries: [], ...args }, granted.context);

test('overview, themes, documents, groups, the odd ones and the unread are put together', async () => {
  using granted = grantFolder();
  for (const path of ['a.md', 'b.md', 'empty.md', 'gone.md']) granted.write(path, path === 'empty.md' ? '' : 'x');
  const files = ['a.md', 'b.md', 'empty.md', 'gone.md'].map((path) => granted.handleOf(path));
  unlinkSync(join(granted.folder, 'gone.md'));
  const [a, b] = files as [HandleId, HandleId];
  const result = await digest(granted, {
    files,
    summaries: [summaryOf(granted, a, 'About apples.'), summaryOf(granted, b, 'About ships.')],
    themes: [
      answer(granted, {
        terms: [
          { term: 'apple', weight: 1 },
          { term: 'ship', weight: 0.5 },
        ],
      }),
    ],
    groups: [
      answer(granted, {
        labels: ['fruit'],
        items: [
          { label: 'fruit', score: 1, odd: false },
          { label: null, score: 0, odd: true },
        ],
      }),
    ],
    overview: [answer(granted, { summary: 'Apples and ships.', language: 'en' })],
  });
  expect(textOf(granted, result)).toBe(`---
title: "Digest of Documents"
folder: "Documents"
date: "2026-11-21"
documents: 4
themes: ["apple", "ship"]
---

# Digest of Documents

4 documents, 2026-11-21. 2 could not be read.

## Overview

Apples and ships.

## Themes

- apple
- ship

## Documents

### a.md

About apples.

### b.md

About ships.

## Groups

- **fruit**: a.md

## The odd ones out

- b.md

## Could not be read

- empty.md: The file is empty.
- gone.md: The file is gone: it was moved, renamed or deleted.
`);
  expect(result.note).toBe('2 of 4 documents could not be read');
});

test('a summary that is missing moves no other to a wrong document', async () => {
  using granted = grantFolder();
  for (const path of ['a.md', 'b.md', 'c.md']) granted.write(path, 'x');
  const files = ['a.md', 'b.md', 'c.md'].map((path) => granted.handleOf(path));
  const [a, , c] = files as [HandleId, HandleId, HandleId];
  const text = textOf(
    granted,
    await digest(granted, { files, summaries: [summaryOf(granted, c, 'Of c.'), summaryOf(granted, a, 'Of a.')] }),
  );
  expect(text).toContain('### a.md\n\nOf a.');
  expect(text).toContain('### c.md\n\nOf c.');
  expect(text).toContain('- b.md: No text could be read from it.');
});

test('summaries that do not say of what are taken by order only when none is missing', async () => {
  using granted = grantFolder();
  for (const path of ['a.md', 'b.md']) granted.write(path, 'x');
  const files = ['a.md', 'b.md'].map((path) => granted.handleOf(path));
  const summaries = ['Of a.', 'Of b.'].map((summary) => answer(granted, { summary, language: 'en' }));
  expect(textOf(granted, await digest(granted, { files, summaries }))).toContain('### b.md\n\nOf b.');
  await expect(digest(granted, { files, summaries: summaries.slice(1) })).rejects.toMatchObject({ code: 'unavailable' });
});

test('hostile names and summaries stay plain text', async () => {
  using granted = grantFolder();
  const path = '![x](http:evil) `a` <img src=x> # *b*\n---\u202E.md';
  granted.write(path, 'x');
  const file = granted.handleOf(path);
  const text = textOf(
    granted,
    await digest(granted, {
      files: [file],
      summaries: [summaryOf(granted, file, '# Heading\n\n![pixel](https://evil/?q=1) <script>x</script>\n---\n- item')],
    }),
  );
  expect(text).not.toMatch(/(?<!\\)!?\[[^\]]*(?<!\\)\]\(/);
  expect(text).not.toMatch(/(?<!\\)<(img|script)/);
  expect(text.match(/^---$/gm)).toHaveLength(2);
  expect(text.match(/^#+ /gm)).toEqual(['# ', '## ', '### ']);
  expect(text).not.toContain('\u202E');
});

test('answers that do not parse are left out', async () => {
  using granted = grantFolder();
  granted.write('a.md', 'x');
  const file = granted.handleOf('a.md');
  const text = textOf(
    granted,
    await digest(granted, {
      files: [file],
      summaries: [summaryOf(granted, file, 'Of a.')],
      themes: [answer(granted, { nonsense: true })],
      overview: [answer(granted, 'not an object')],
    }),
  );
  expect(text).toContain('Of a.');
  expect(text).not.toContain('## Themes');
});

test('a folder without documents, and one of which nothing could be summarised, are said to be so', async () => {
  using granted = grantFolder();
  await expect(digest(granted, {})).rejects.toMatchObject({ code: 'no_text', message: 'There are no documents in this folder to digest.' });
  granted.write('a.md', 'x');
  await expect(digest(granted, { files: [granted.handleOf('a.md')] })).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The one document could not be summarised.',
  });
});

test('the digest takes the strictest label of all it is made of', async () => {
  using granted = grantFolder();
  granted.write('private/a.md', 'x');
  granted.grants.add({ folder: join(granted.folder, 'private'), label: 'home' });
  const file = granted.handleOf('private/a.md');
  expect((await digest(granted, { files: [file], summaries: [summaryOf(granted, file, 'Of a.')] })).outputs[0]?.label).toBe('home');
});
