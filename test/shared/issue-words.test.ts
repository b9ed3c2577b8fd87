import * as z from 'zod';
import { expect, test } from 'vitest';
import { firstProblem, IN_WORDS } from '../../shared/issue-words.ts';

const Shape = z.strictObject({
  count: z.int().min(1).max(20).default(1),
  port: z.coerce.number().optional(),
  name: z.string().min(1).max(5).default('x'),
  kind: z.enum(['open', 'ask', 'home']).default('ask'),
  parts: z.array(z.object({ id: z.string().regex(/^h_/) })).optional(),
  url: z.url().optional(),
  own: z.string().regex(/^\d+$/, 'must be digits').optional(),
  needed: z.string(),
});

test.each([
  [{}, 'needed is missing'],
  [7, 'the input must be an object'],
  [{ needed: 1 }, 'needed must be a text'],
  [{ needed: '', count: 'x' }, 'count must be a number'],
  [{ needed: '', count: 1.5 }, 'count must be a whole number'],
  [{ needed: '', count: 0 }, 'count must be at least 1'],
  [{ needed: '', count: 99 }, 'count must be at most 20'],
  [{ needed: '', port: 'abc' }, 'port must be a number'],
  [{ needed: '', name: '' }, 'name is empty'],
  [{ needed: '', name: 'far too long' }, 'name may have at most 5 characters'],
  [{ needed: '', kind: 'closed' }, 'kind must be open, ask or home'],
  [{ needed: '', parts: 'h_1' }, 'parts must be a list'],
  [{ needed: '', parts: [{ id: 'h_1' }, { id: 'x' }] }, 'parts.1.id does not have the form that it needs'],
  [{ needed: '', url: 'nowhere' }, 'url must be an address like https://cloud.example'],
  [{ needed: '', own: 'x' }, 'own must be digits'],
  [{ needed: '', more: 1 }, 'the input has no place for "more"'],
])('%j: %s', (value, says) => {
  const { error } = Shape.safeParse(value, IN_WORDS);
  expect(error && firstProblem(error, 'the input')).toBe(says);
});

test('what is wrong is told without the value', () => {
  const { error } = z.object({ key: z.enum(['a']), text: z.string().max(3) }).safeParse({ key: 'sk-secret', text: 'sk-secret' }, IN_WORDS);
  expect(JSON.stringify(error?.issues.map(({ message }) => message))).not.toContain('secret');
});
