// Digest a folder: what is in it, its themes, a short summary of each document, the odd ones out, as one Markdown file.
import * as z from 'zod';
import { GrantId } from '../ids.ts';
import { GrantPath } from '../ops/args.ts';
import { dayOf, input, output, type Recipe, step } from './recipe.ts';

const DigestInput = z.strictObject({ grant: GrantId, path: GrantPath.default('') });
type DigestInput = z.infer<typeof DigestInput>;

export const folderDigest: Recipe<DigestInput> = {
  name: 'folder.digest',
  says: 'Digest a folder',
  input: DigestInput,
  requested: z.strictObject({ grant: GrantId }),
  driver: 'cloud',
  title: (digest, context) => `Digest of ${context.grantName(digest.grant)}${digest.path === '' ? '' : `/${digest.path}`}`.slice(0, 300),
  grants: (digest) => [digest.grant],
  values: (_digest, context) => ({ name: `Digest ${dayOf(context.now)}.md` }),
  texts: () => ({}),
  plan: () => [
    step('list', 'fs.list', { grant: input('grant'), path: input('path'), documents: true, together: true, max: 200 }),
    step('text', 'doc.text', { target: output('list') }, { each: 'list', optional: true }),
    step('summary', 'text.summarize', { texts: output('text'), maxChars: 400 }, { each: 'text', optional: true }),
    step('themes', 'text.keywords', { texts: output('summary'), max: 10 }, { prefer: 'cloud', optional: true }),
    step('groups', 'text.classify', { texts: output('summary') }, { optional: true }),
    step('overview', 'text.summarize', { texts: output('summary'), maxChars: 900 }, { prefer: 'cloud', optional: true }),
    step('digest', 'doc.digest', {
      grant: input('grant'),
      files: output('list'),
      summaries: output('summary'),
      themes: output('themes'),
      groups: output('groups'),
      overview: output('overview'),
    }),
    step('file', 'fs.create', { grant: input('grant'), path: input('path'), name: input('name'), content: output('digest') }),
  ],
  egressBytes: 20_000_000,
  changes: 1,
  result: 'file',
};
