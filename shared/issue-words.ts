// What is wrong with a value from outside, in words for people: the schemas' own are made for programmers. The value itself
// is never said, as it may be a secret or somebody's text.
import type * as z from 'zod';

/** `schema.safeParse(value, IN_WORDS)`. What a schema says in words of its own stays. */
export const IN_WORDS = { error: sayIssue } as const;

/** The first thing that is wrong, and where: `input.max must be at most 20`. `whole` stands for the value itself. */
export function firstProblem(error: z.ZodError, whole: string): string {
  const [issue] = error.issues;
  return `${issue?.path.map(String).join('.').slice(0, 80) || whole} ${issue?.message ?? SOMEHOW_WRONG}`;
}

/** The error code for that: `too_large` for a text or list above its cap. */
export function codeOfProblem(error: z.ZodError): 'too_large' | 'invalid_params' {
  const [issue] = error.issues;
  return issue?.code === 'too_big' && issue.origin in COUNTED ? 'too_large' : 'invalid_params';
}

const SOMEHOW_WRONG = 'is not as it should be';

const TYPES: Readonly<Record<string, string>> = {
  string: 'must be a text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object',
  record: 'must be an object',
};

function sayIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : (TYPES[issue.expected] ?? SOMEHOW_WRONG);
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : `must be ${inWords(issue.values.map(String))}`;
    case 'too_small':
      return sayTooSmall(issue);
    case 'too_big':
      return sayTooBig(issue);
    case 'invalid_format':
      return issue.format === 'url' ? 'must be an address like https://cloud.example' : 'does not have the form that it needs';
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options) ? `must be ${inWords(issue.options.map(String))}` : SOMEHOW_WRONG;
    case 'unrecognized_keys':
      return `has no place for ${inWords(issue.keys.map((key: string) => JSON.stringify(key.slice(0, 40))))}`;
    default:
      return SOMEHOW_WRONG;
  }
}

/** What has a length, and what it is counted in. */
const COUNTED: Readonly<Record<string, string>> = { string: 'characters', array: 'parts', set: 'parts' };

function sayTooSmall({ origin, minimum, inclusive }: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>): string {
  const counted = COUNTED[origin];
  if (counted !== undefined) return Number(minimum) <= 1 ? 'is empty' : `needs at least ${minimum} ${counted}`;
  return inclusive === false ? `must be more than ${minimum}` : `must be at least ${minimum}`;
}

function sayTooBig({ origin, maximum, inclusive }: z.core.$ZodRawIssue<z.core.$ZodIssueTooBig>): string {
  const counted = COUNTED[origin];
  if (counted !== undefined) return `may have at most ${maximum} ${counted}`;
  return inclusive === false ? `must be less than ${maximum}` : `must be at most ${maximum}`;
}

/** `a, b or c`. */
function inWords(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
