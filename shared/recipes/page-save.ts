// Save a page, or a selection of it, as Markdown with front matter in a granted folder.
import * as z from 'zod';
import { safeFileName } from '../gate/names.ts';
import { GrantId } from '../ids.ts';
import { Clip, GrantPath } from '../ops/args.ts';
import { input, output, type Recipe, step } from './recipe.ts';

/** The readable part of a page, at most; more is refused with `too_large`. UTF-16 units. */
export const MAX_CLIP_CHARS = 4_000_000;

const SaveInput = z.strictObject({
  grant: GrantId,
  path: GrantPath.default(''),
  page: Clip,
  markdown: z.string().min(1).max(MAX_CLIP_CHARS),
});
type SaveInput = z.infer<typeof SaveInput>;

export const pageSave: Recipe<SaveInput> = {
  name: 'page.save',
  says: 'Save a page as Markdown',
  input: SaveInput,
  driver: 'cloud',
  title: (save) => `Save page: ${save.page.title || save.page.url}`.slice(0, 300),
  grants: (save) => [save.grant],
  values: (save) => ({ name: safeFileName(save.page.title, '.md', 'Untitled page') }),
  texts: (save) => ({ markdown: { text: save.markdown, grant: save.grant } }),
  plan: () => [
    step('tags', 'text.keywords', { texts: input('markdown'), max: 6 }, { optional: true }),
    step('summary', 'text.summarize', { texts: input('markdown'), maxChars: 400 }, { optional: true }),
    step('clip', 'page.clip', { page: input('page'), text: input('markdown'), tags: output('tags'), summary: output('summary') }),
    step('file', 'fs.create', { grant: input('grant'), path: input('path'), name: input('name'), content: output('clip') }),
  ],
  egressBytes: 2_000_000,
  changes: 1,
  result: 'file',
};

export const selectionSave: Recipe<SaveInput> = {
  ...pageSave,
  name: 'selection.save',
  says: 'Save a selection as Markdown',
  title: (save) => `Save selection: ${save.page.title || save.page.url}`.slice(0, 300),
  values: (save) => ({ name: safeFileName(`${save.page.title} (selection)`, '.md', 'Selection') }),
  plan: () => [
    step('tags', 'text.keywords', { texts: input('markdown'), max: 6 }, { optional: true }),
    step('clip', 'page.clip', { page: input('page'), text: input('markdown'), tags: output('tags') }),
    step('file', 'fs.create', { grant: input('grant'), path: input('path'), name: input('name'), content: output('clip') }),
  ],
};
