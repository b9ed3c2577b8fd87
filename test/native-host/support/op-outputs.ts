// Reads what an op put into its handles.
import type { OpResult } from '../../../native-host/ops/op.ts';
import { readAnyHandle } from '../../../native-host/state/handles.ts';
import { FactsContent, HitsContent } from '../../../native-host/ops/content.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import type { HandleId } from '../../../shared/ids.ts';
import type { Granted } from './granted.ts';

export function firstOf(result: OpResult): HandleId {
  const [meta] = result.outputs;
  if (meta === undefined) throw new Error('the op gave no output');
  return meta.handle;
}

export function textOf(granted: Granted, result: OpResult): string {
  return readAnyHandle(granted.store, firstOf(result), granted.context.now()).text ?? '';
}

export function hitsOf(granted: Granted, result: OpResult): HitsContent {
  return HitsContent.parse(JSON.parse(textOf(granted, result)));
}

export function factsOf(granted: Granted, result: OpResult): Record<string, string> {
  return Object.fromEntries(FactsContent.parse(JSON.parse(textOf(granted, result))).facts.map(({ label, value }) => [label, value]));
}

export function pathsOf(granted: Granted, result: OpResult): (string | undefined)[] {
  return result.outputs.map(({ handle }) => readAnyHandle(granted.store, handle, granted.context.now()).file?.path);
}

/** The code that the promise is rejected with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (thrown) {
    return thrown instanceof HeadgateError ? thrown.code : `unexpected: ${String(thrown)}`;
  }
  return 'nothing thrown';
}
