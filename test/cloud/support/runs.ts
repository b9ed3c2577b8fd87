// Runs as a device hands them in.
import { randomBytes } from 'node:crypto';
import { type DeviceId, makeId, type RunId, type StepId } from '../../../shared/ids.ts';
import type { HandleMeta } from '../../../shared/handles.ts';
import { output, step } from '../../../shared/recipes/recipe.ts';
import type { Outcome } from '../../../shared/run/events.ts';
import type { PlannedStep, RunSpec } from '../../../shared/run/plan.ts';

/** Five parts of base64url, as a compact JWE is. */
export const SEALED = 'eyJhbGciOiJFQ0RILUVTIn0..MTIzNDU2Nzg5MDEy.c2VhbGVk.MTIzNDU2Nzg5MDEyMzQ1Ng';

export const newRunId = (): RunId => makeId('r', randomBytes);
export const id = (name: string): StepId => name as StepId;

export function oneStep(): PlannedStep[] {
  return [step('info', 'os.info')];
}

/** A list that fans out, a summary of each in the cloud, one file from all. */
export function digestSteps(): PlannedStep[] {
  return [
    step('list', 'fs.list', { max: 10 }),
    step('text', 'doc.text', { target: output('list') }, { each: 'list', optional: true }),
    step('summary', 'text.summarize', { texts: output('text') }, { each: 'text', prefer: 'cloud', optional: true }),
    step('digest', 'doc.digest', { summaries: output('summary') }),
  ];
}

export function spec(device: DeviceId, change: Partial<RunSpec> = {}): RunSpec {
  return {
    id: newRunId(),
    device,
    recipe: 'test.run',
    where: 'auto',
    driver: 'cloud',
    createdAt: Date.now(),
    expiresAt: Date.now() + 3600_000,
    steps: oneStep(),
    inputs: {},
    grants: [],
    ...change,
  };
}

export function handle(label: HandleMeta['label'] = 'open'): HandleMeta {
  return { handle: makeId('h', randomBytes), kind: 'text', size: 1024, label };
}

export function outcome(outputs: HandleMeta[] = [], where: 'home' | 'cloud' = 'home'): Outcome {
  return { outputs, where, ms: 1 };
}
