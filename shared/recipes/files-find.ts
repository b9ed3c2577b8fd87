// Find in files: names and contents, at home only. Driven at home as well: the cloud learns nothing but that it ran.
import * as z from 'zod';
import { GrantId } from '../ids.ts';
import { input, type Recipe, step } from './recipe.ts';

const FindInput = z.strictObject({ query: z.string().trim().min(1).max(400), grants: z.array(GrantId).max(200).optional() });
type FindInput = z.infer<typeof FindInput>;

export const filesFind: Recipe<FindInput> = {
  name: 'files.find',
  says: 'Find in files',
  input: FindInput,
  driver: 'home',
  title: (find) => `Find “${find.query}”`.slice(0, 300),
  grants: (find, context) => find.grants ?? context.allGrants,
  values: (find, context) => ({ grants: find.grants ?? context.allGrants }),
  texts: () => ({}),
  plan: () => [
    step('names', 'fs.find', { query: input('query'), grants: input('grants') }, { where: 'home' }),
    step('contents', 'fs.search', { query: input('query'), grants: input('grants') }, { where: 'home' }),
  ],
  egressBytes: 0,
  changes: 0,
  result: 'contents',
};
