// Starts a run: the person's click or command becomes input kept at home, handles for its texts, a warrant, a plan, and
// the first event of a log, in one transaction. Online and offline are the same path; only the writer differs.
import { randomBytes } from 'node:crypto';
import { HeadgateError } from '../../shared/errors.ts';
import { codeOfProblem, firstProblem, IN_WORDS } from '../../shared/issue-words.ts';
import type { CommandGrant } from '../../shared/gate/commands.ts';
import type { Label } from '../../shared/gate/labels.ts';
import { type Limits, type Need, narrowLimits } from '../../shared/gate/warrants.ts';
import type { HandleMeta } from '../../shared/handles.ts';
import { type DeviceId, type GrantId, type HandleId, makeId, type RunId, type WarrantId } from '../../shared/ids.ts';
import type { Source } from '../../shared/ops/args.ts';
import { findRecipe } from '../../shared/recipes/all.ts';
import type { Recipe, RecipeContext } from '../../shared/recipes/recipe.ts';
import { numberEvents } from '../../shared/run/events.ts';
import { fold } from '../../shared/run/fold.ts';
import type { PlannedStep, RunSpec, Where } from '../../shared/run/plan.ts';
import type { FileReference } from '../state/stored-handle.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import { coverRun } from '../gate/approvals.ts';
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

/** Who lets it run, when it is not simply the person's own act. */
export interface Leave {
  /** The id that was reserved for it. */
  run: RunId;
  /** The standing warrant that starts it; `null`: the person approved its plan. */
  standing: (Limits & { id: WarrantId }) | null;
  /** Whether what its plan releases has been approved with it. */
  releases: boolean;
}

/** A recipe's plan for one input: what a person approves by starting it, or when they are asked. */
export interface Plan {
  recipe: Recipe;
  input: unknown;
  title: string;
  /** The folders and commands that it works with. */
  grants: readonly (Grant | CommandGrant)[];
  steps: PlannedStep[];
  need: Need;
  values: Record<string, unknown>;
  where: Where;
}

type PlanContext = Pick<StartContext, 'store' | 'grants' | 'commands' | 'now'>;

/** Makes the plan. Throws `not_found` for an unknown recipe, `invalid_params` for bad input, `grant_not_found`. */
export function makePlan(request: Pick<StartRequest, 'recipe' | 'input' | 'where'>, { store, grants, commands, now }: PlanContext): Plan {
  const recipe = findRecipe(request.recipe);
  const input = parseInput(recipe, request.input);
  const allowed = [...grants, ...commands];
  const context: RecipeContext = {
    now: new Date(now),
    allGrants: grants.map((grant) => grant.id),
    grantName: (id) => grantOf(allowed, id).name,
    grantsOf: (sources) => [...new Set(sources.flatMap((source) => grantOfSource(store, source, now) ?? []))],
  };
  const named = recipe.grants(input, context).map((id) => grantOf(allowed, id));
  const steps = recipe.plan(input);
  return {
    recipe,
    input,
    title: recipe.title(input, context),
    grants: named,
    steps,
    need: {
      recipe: recipe.name,
      ops: [...new Set(steps.map((step) => step.op))],
      grants: named.map((grant) => grant.id),
      egressBytes: request.where === 'home' ? 0 : recipe.egressBytes,
      changes: recipe.changesOf?.(input) ?? recipe.changes,
    },
    values: recipe.values(input, context),
    where: request.where,
  };
}

/** Makes the run. Throws what making the plan throws, `handle_not_found` for a file that cannot be lent, and `busy`. */
export function startRun(request: StartRequest, context: StartContext, leave?: Leave): RunRecord {
  const { store, log, now } = context;
  const { recipe, input: asked, title, grants, steps, need, values } = makePlan(request, context);
  if (log.open().length >= MAX_OPEN_RUNS)
    throw new HeadgateError('busy', `${MAX_OPEN_RUNS} runs are already under way.`, { next: 'Wait for one to end, or cancel one.' });
  const run = leave?.run ?? makeId('r', randomBytes);
  const driver = recipe.driver === 'home' || context.device === null || !context.cloudReachable ? 'home' : 'cloud';
  const own: Limits = { ...need, expiresAt: now + WARRANT_LIFE_MS };
  const { ops, grants: ids, egressBytes, changes, expiresAt } = leave?.standing ? narrowLimits(own, leave.standing) : own;

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
      expiresAt,
      steps,
      inputs,
      grants: grants.map(({ id, label }) => ({ id, label })),
    };
    const [created] = numberEvents(run, { seq: 0, epoch: 1 }, now, [{ type: 'run.created', spec }]);
    if (created === undefined) throw new TypeError('a run starts with one event');
    const record: RunRecord = {
      id: run,
      recipe: recipe.name,
      title,
      // A text's handle takes the place of the text.
      input: {
        ...(input as Record<string, unknown>),
        ...values,
        ...Object.fromEntries(Object.entries(inputs).map(([name, meta]) => [name, [meta.handle]])),
      },
      warrant: { id: makeId('w', randomBytes), run, ops, grants: ids, egressBytes, changes, expiresAt },
      asks: request.ask ?? 'plan',
      standing: leave?.standing?.id ?? null,
      state: fold(null, created),
      writer: driver,
    };
    log.insert(record, [created]);
    if (leave?.releases) coverRun(store, run, 'release', [...context.grants, ...context.commands]);
    return record;
  });
}

function grantOfSource(store: Store, source: Source, now: number): GrantId | null {
  if (typeof source !== 'string') return source.grant;
  const row = store.get<{ file: string | null }>('SELECT file FROM handles WHERE id = ? AND expires_at > ?', source, now);
  return row?.file == null ? null : (JSON.parse(row.file) as FileReference).grant;
}

function parseInput(recipe: Recipe, value: unknown): unknown {
  const parsed = recipe.input.safeParse(value, IN_WORDS);
  if (parsed.success) return parsed.data;
  throw new HeadgateError(codeOfProblem(parsed.error), `${recipe.says}: ${firstProblem(parsed.error, 'the input')}.`);
}

function grantOf<Allowed extends { id: GrantId }>(grants: readonly Allowed[], id: GrantId): Allowed {
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
