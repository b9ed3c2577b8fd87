// `headgate run`: starts a run and follows it to its end. The friendly forms (digest, find, command, info, open, reveal) are rows
// of a table that make a recipe's input from words; any recipe can be named in full with `--input`.
import type { HeadgateError } from '../../shared/errors.ts';
import type { CommandView } from '../../shared/gate/commands.ts';
import type { GrantView } from '../../shared/gate/grants.ts';
import { HandleId, type RunId } from '../../shared/ids.ts';
import { firstProblem, IN_WORDS } from '../../shared/issue-words.ts';
import { RECIPES } from '../../shared/recipes/all.ts';
import type { Where } from '../../shared/run/plan.ts';
import { UsageError } from './arguments.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit, exitOf } from './exit-codes.ts';
import { followRun } from './follow-run.ts';
import { findAllowed, readCommandValues } from './command-values.ts';
import { findGrant } from './grants-lookup.ts';
import { shown } from './output.ts';
import { showRun, showSteps } from './runs.ts';
import { showOutput, showResult } from './show-result.ts';
import { nearest } from './suggest.ts';
import { connectTerminal, type Terminal } from './terminal.ts';

type Request = { recipe: string; input: Record<string, unknown> };
interface Wish {
  words: readonly string[];
  grants: readonly GrantView[];
  grantWords: readonly string[];
  json: string | undefined;
  sets: readonly string[];
  commands: readonly CommandView[];
}

const FRIENDLY: Readonly<Record<string, (wish: Wish) => Request>> = {
  digest: ({ words, grants, grantWords }) => {
    const found = findGrant(grants, one([...words, ...grantWords], 'Say what to digest: one grant, or one folder in a grant.'));
    return { recipe: 'folder.digest', input: { grant: found.grant.id, path: found.path } };
  },
  find: ({ words, grants, grantWords }) => {
    if (words.join('').trim() === '') throw new UsageError('Say what to find.');
    const within = grantWords.map((word) => findGrant(grants, word).grant.id);
    return { recipe: 'files.find', input: { query: words.join(' '), ...(within.length > 0 && { grants: within }) } };
  },
  info: ({ words }) => {
    noWords(words);
    return { recipe: 'device.info', input: {} };
  },
  command: ({ words, sets, grants, commands }) => {
    const [name, ...rest] = words;
    if (name === undefined) throw new UsageError('Say which command. "headgate grants" lists them.');
    const command = findAllowed(commands, name);
    const { values, target } = readCommandValues({ words: rest, sets, command, grants, cwd: process.cwd() });
    return { recipe: 'command.run', input: { command: command.id, values, target } };
  },
  open: ({ words }) => ({ recipe: 'file.open', input: { target: [handle(words, 'Say which handle to open.')] } }),
  reveal: ({ words }) => ({ recipe: 'file.reveal', input: { target: [handle(words, 'Say which handle to show.')] } }),
};

export async function run({ words, flags, home, out }: CallOf<'run'>): Promise<Exit> {
  const [name = '', ...rest] = words;
  const make = FRIENDLY[name] ?? (Object.hasOwn(RECIPES, name) ? byName(name) : null);
  if (make === null) throw unknownRecipe(name);
  const wish: Wish = { words: rest, grants: [], grantWords: flags.grant, json: flags.input, sets: flags.set, commands: [] };
  const needsGrants = make === FRIENDLY.digest || make === FRIENDLY.command || flags.grant.length > 0;
  // Words that nothing has to be asked for are judged before an agent is started for them.
  const early = needsGrants ? null : checkInput(make(wish));
  using terminal = await connectTerminal({ home });
  const grants = needsGrants ? (await terminal.call('grants.list', {})).grants : [];
  const commands = make === FRIENDLY.command ? (await terminal.call('commands.list', {})).commands : [];
  const request = early ?? checkInput(make({ ...wish, grants, commands }));
  // The row's choices are the values of Where.
  const { run: id } = await terminal.call('runs.start', {
    ...request,
    where: (flags.where as Where | undefined) ?? 'auto',
    ask: flags.ask ? 'changes' : 'plan',
  });
  if (flags['no-wait']) {
    out.document({ run: { run: id } });
    out.line(id);
    return EXIT.ok;
  }
  // Awaited here, as the connection ends with this function.
  return await finish(terminal, id, flags.steps, out);
}

async function finish(terminal: Terminal, id: RunId, withSteps: boolean, out: CallOf<'run'>['out']): Promise<Exit> {
  const view = await followRun(terminal, id, out);
  const result = view.status === 'succeeded' ? await terminal.call('runs.result', { run: id }) : ({ kind: 'none' } as const);
  const handles = result.kind === 'files' ? result.files.map((file) => file.handle) : [];
  const files = handles.length === 0 ? [] : (await terminal.call('files.locate', { handles })).paths.filter((path) => path !== null);
  const { output } = view.recipe === 'command.run' ? await terminal.call('runs.output', { run: id }) : { output: null };
  out.document({ run: view, result, files, ...(output !== null && { output }) });
  if (view.status !== 'succeeded') {
    showRun(view, out);
    if (view.message !== undefined && !out.json) out.note(shown(view.message));
    return view.code === undefined ? EXIT.failed : exitOf(view.code);
  }
  if (withSteps) showSteps(view.steps, out);
  if (output !== null) return showOutput(view, output, out);
  showResult(view, result, files, out);
  return EXIT.ok;
}

function one(words: readonly string[], otherwise: string): string {
  const [word] = words;
  if (word === undefined || words.length > 1) throw new UsageError(otherwise);
  return word;
}

/** What stands behind a hit of a search. */
function handle(words: readonly string[], otherwise: string): string {
  const word = one(words, otherwise);
  if (!HandleId.safeParse(word).success)
    throw new UsageError(`"${word}" is no handle. One looks like h_1f… and stands behind each hit of "headgate run find WORDS".`);
  return word;
}

function byName(recipe: string): (wish: Wish) => Request {
  return ({ words, json }) => {
    noWords(words);
    return { recipe, input: parseInput(json) };
  };
}

function noWords(words: readonly string[]): void {
  if (words.length > 0) throw new UsageError(`Too many words: ${words.join(' ')}`);
}

function parseInput(json: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Falls through to the same message.
  }
  throw new UsageError('--input is a JSON object.');
}

/** Says here, in words, what the host would refuse anyway. */
function checkInput(request: Request): Request {
  const { recipe, input } = request;
  const parsed = RECIPES[recipe]?.input.safeParse(input, IN_WORDS);
  if (parsed?.success !== false) return request;
  const issue = parsed.error.issues[0];
  const [field] = issue?.path ?? [];
  if (issue?.code === 'invalid_type' && typeof field === 'string' && !Object.hasOwn(input, field))
    throw new UsageError(`${recipe} needs "${field}" in its input: --input '{"${field}": …}'`);
  throw new UsageError(`${recipe} does not take this input: ${firstProblem(parsed.error, 'the whole')}.`);
}

function unknownRecipe(name: string): HeadgateError | UsageError {
  const names = [...Object.keys(FRIENDLY), ...Object.keys(RECIPES)];
  const meant = nearest(name, names);
  return new UsageError(`There is no recipe "${name}".${meant === null ? ` There are ${names.join(', ')}.` : ` Did you mean "${meant}"?`}`);
}
