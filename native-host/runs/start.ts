// Starts a run: the person's click or command becomes input kept at home, handles for its texts, a warrant, a plan, and
// the first event of a log, in one transaction. Online and offline are the same path; only the writer differs.
import { randomBytes } from 'node:crypto';
import { HeadgateError } from '../../shared/errors.ts';
import type { CommandGrant } from '../../shared/gate/commands.ts';
import type { Label } from '../../shared/gate/labels.ts';
import type { Warrant } from '../../shared/gate/warrants.ts';
import type { HandleMeta } from '../../shared/handles.ts';
import { type DeviceId, type GrantId, type HandleId, makeId, type RunId } from '../../shared/ids.ts';
import { RECIPES } from '../../shared/recipes/all.ts';
import type { Recipe, RecipeContext } from '../../shared/recipes/recipe.ts';
import { numberEvents } from '../../shared/run/events.ts';
import { fold } from '../../shared/run/fold.ts';
import type { RunSpec, Where } from '../../shared/run/plan.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import type { Store } from '../state/database.ts';
import { createHandleStore, type HandleScope, lendFile } from '../state/handles.ts';
import type { RunLog, RunRecord } from './log.ts';

/** A person's run may take a day, waits for an away device not counted in. */
const WARRANT_LIFE_MS = 24 * 3600_000;
/** Runs of this device that are not over, at most. */
const MAX_OPEN_RUNS = 100;

export interface StartRequest {
  recipe: string;
  input: Record<string, unknown>;
  where: Where;
  /** Whether starting it approves its plan, or the person wants to be asked before each change. */
  ask?: 'plan' | 'changes' | undefined;
  /** The person's own act on this device: it may be about files that earlier runs found. Nobody else's input reaches those. */
  lends?: boolean | undefined;
}

export interface StartContext {
  store: Store;
  log: RunLog;
  grants: readonly Grant[];
  commands: readonly CommandGrant[];
  labelOf(grant: GrantId, path: string): Label;
  device: DeviceId | null;
  /** Whether the cloud can be asked to drive it. */
  cloudReachable: boolean;
  now: number;
}

/** Makes the run. Throws `not_found` for an unknown recipe, `invalid_params` for bad input, `grant_not_found`, `handle_not_found`, `busy`. */
export function startRun(request: StartRequest, context: StartContext): RunRecord {
  const { store, log, grants, commands, now } = context;
  const recipe = Object.hasOwn(RECIPES, request.recipe) ? RECIPES[request.recipe] : undefined;
  if (recipe === undefined) throw new HeadgateError('not_found', `There is no recipe ${request.recipe.slice(0, 40)}.`);
  const asked = parseInput(recipe, request.input);
  if (log.open().length >= MAX_OPEN_RUNS)
    throw new HeadgateError('busy', `${MAX_OPEN_RUNS} runs are already under way.`, { next: 'Wait for one to end, or cancel one.' });

  const recipeContext: RecipeContext = {
    now: new Date(now),
    allGrants: grants.map((grant) => grant.id),
    grantName: (id) => grantOf([...grants, ...commands], id).name,
  };
  const named = recipe.grants(asked, recipeContext).map((id) => grantOf([...grants, ...commands], id));
  const run = makeId('r', randomBytes);
  const driver = recipe.driver === 'home' || context.device === null || !context.cloudReachable ? 'home' : 'cloud';

  return store.transaction(() => {
    const scope: HandleScope = { run, device: context.device };
    const lend = (handle: HandleId) => lendFile(store, scope, handle, now);
    const input = request.lends === true && recipe.lend !== undefined ? recipe.lend(asked, lend) : asked;
    const inputs = storeTexts(context, scope, recipe, input);
    const spec: RunSpec = {
      id: run,
      device: context.device,
      recipe: recipe.name,
      where: request.where,
      driver,
      createdAt: now,
      expiresAt: now + WARRANT_LIFE_MS,
      steps: recipe.plan(input),
      inputs,
      grants: named.map(({ id, label }) => ({ id, label })),
    };
    const [created] = numberEvents(run, { seq: 0, epoch: 1 }, now, [{ type: 'run.created', spec }]);
    if (created === undefined) throw new TypeError('a run starts with one event');
    const record: RunRecord = {
      id: run,
      recipe: recipe.name,
      title: recipe.title(input, recipeContext),
      // A text's handle takes the place of the text.
      input: {
        ...(input as Record<string, unknown>),
        ...recipe.values(input, recipeContext),
        ...Object.fromEntries(Object.entries(inputs).map(([name, meta]) => [name, [meta.handle]])),
      },
      warrant: warrantFor(run, recipe, spec, named),
      asks: request.ask ?? 'plan',
      state: fold(null, created),
      writer: driver,
    };
    log.insert(record, [created]);
    return record;
  });
}

function parseInput(recipe: Recipe, value: unknown): unknown {
  const parsed = recipe.input.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const tooBig = issue?.code === 'too_big';
  throw new HeadgateError(
    tooBig ? 'too_large' : 'invalid_params',
    `${recipe.says}: ${issue?.path.join('.') ?? 'input'}: ${issue?.message ?? 'not valid'}.`,
  );
}

/** What a run needs to know of a folder or a command. */
type Named = Pick<Grant, 'id' | 'name' | 'label'>;

function grantOf(grants: readonly Named[], id: GrantId): Named {
  const grant = grants.find((candidate) => candidate.id === id);
  if (grant === undefined)
    throw new HeadgateError('grant_not_found', 'That folder or command is not allowed any more.', {
      next: 'Allow it again, or choose another: headgate grants',
    });
  return grant;
}

function storeTexts(context: StartContext, scope: HandleScope, recipe: Recipe, input: unknown): Record<string, HandleMeta> {
  const handles = createHandleStore(context.store, scope, () => context.now);
  const entries = Object.entries(recipe.texts(input)).map(([name, { text, grant }]) => {
    const label = grant === null ? 'home' : context.labelOf(grant, '');
    return [name, handles.putText('clip', text, label)] as const;
  });
  return Object.fromEntries(entries);
}

function warrantFor(run: RunId, recipe: Recipe, spec: RunSpec, grants: readonly Named[]): Warrant {
  return {
    id: makeId('w', randomBytes),
    run,
    ops: [...new Set(spec.steps.map((step) => step.op))],
    grants: grants.map((grant) => grant.id),
    egressBytes: recipe.egressBytes,
    changes: recipe.changes,
    expiresAt: spec.expiresAt,
  };
}
