// The plan of a run that somebody else asks for: what of the request the device takes, in which words the person is asked
// about it, and what their yes is bound to.
import type * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import type { Bound, TargetState } from '../../shared/gate/approvals.ts';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import { POLICY_VERSION } from '../../shared/gate/release.ts';
import { HandleId, type RunId, type StepId } from '../../shared/ids.ts';
import type { CLOUD_NOTIFICATIONS } from '../../shared/protocol/agent.ts';
import { findRecipe } from '../../shared/recipes/all.ts';
import type { Question } from '../gate/approvals.ts';
import { createFolders } from '../journal/folders.ts';
import { stateAt } from '../journal/target-state.ts';
import type { GrantReader } from '../gate/grant-reader.ts';
import type { FileReference } from '../state/stored-handle.ts';
import type { Store } from '../state/database.ts';
import { readAnyHandle } from '../state/handles.ts';
import { mayRelease, planWords, unshownOf } from './plan-words.ts';
import type { Plan, StartRequest } from './start.ts';

export type RunRequest = z.infer<(typeof CLOUD_NOTIFICATIONS)['run.request']>;

export interface PlanServices {
  store: Store;
  grants: GrantReader;
  now(): number;
  plan(request: StartRequest): Plan;
}

const PLAN_STEP = 'plan' as StepId;

/** Only what the recipe lets others name. Throws `not_found`, `forbidden`, `invalid_params`. */
export function startOf({ recipe: name, input, where }: RunRequest): StartRequest {
  const { requested } = findRecipe(name);
  if (requested === undefined) throw new HeadgateError('forbidden', 'This is started only by the person, on the device.');
  const parsed = requested.safeParse(input);
  if (!parsed.success) throw new HeadgateError('invalid_params', 'The recipe does not take this from outside.');
  return { recipe: name, input: parsed.data, where };
}

/** Requests that come to the same question: one recipe on the same grants. */
export function sameAs({ need }: Plan): string {
  return [need.recipe, ...[...need.grants].sort()].join(' ');
}

/** The question, in the host's own words. */
export function questionOf(services: PlanServices, run: RunId, plan: Plan, model: string | null): Question {
  const files = filesOf(services.store, plan, services.now());
  const leaves = mayRelease(plan);
  const unshown = unshownOf(plan);
  return {
    kind: 'plan',
    run,
    step: PLAN_STEP,
    title: `Asked for through the cloud: ${escapeForDisplay(plan.title)}?`.slice(0, 300),
    destination: leaves ? 'cloud' : 'this computer',
    model: leaves ? model : null,
    bytes: leaves ? plan.need.egressBytes : 0,
    items: [],
    more: 0,
    plan: planWords(plan, files, model),
    ...(unshown !== null && { uninspectable: unshown }),
  };
}

/** What a yes to a plan covers: its steps and limits, the grants as they are now, and the files that it names. */
export function boundOf(services: PlanServices, request: RunRequest, model: string | null): Bound {
  const plan = services.plan(startOf(request));
  const leaves = mayRelease(plan);
  return {
    op: 'plan',
    args: {
      need: plan.need,
      input: plan.input,
      where: request.where,
      steps: plan.steps,
      grants: plan.grants,
    },
    content: [],
    targets: targetsOf(services.grants, filesOf(services.store, plan, services.now())),
    destination: leaves ? 'cloud' : null,
    model: leaves ? model : null,
    policy: POLICY_VERSION,
  };
}

/** The files that the input names by handle, whichever run found them: the person sees their names before they say yes. */
function filesOf(store: Store, { input }: Plan, now: number): FileReference[] {
  return Object.values(input as Record<string, unknown>)
    .flat()
    .flatMap((value) => {
      const handle = HandleId.safeParse(value);
      return handle.success ? (readAnyHandle(store, handle.data, now).file ?? []) : [];
    });
}

function targetsOf(grants: GrantReader, files: readonly FileReference[]): TargetState[] {
  using folders = createFolders(grants);
  return files.map(({ grant, path }) => stateAt(folders, grant, path));
}
