// JSON-RPC 2.0 (https://www.jsonrpc.org/specification) without batches: one message a frame. Used on every wire:
// extension ↔ host, terminal ↔ host, host ↔ cloud, person ↔ cloud stream.
import * as z from 'zod';
import { ERROR_CODES, ERRORS, type ErrorData } from '../errors.ts';

export const RpcId = z.union([z.int(), z.string().max(64)]);
export type RpcId = z.infer<typeof RpcId>;

export const RpcError = z.object({
  code: z.int(),
  message: z.string().max(2000),
  data: z.object({
    code: z.enum(ERROR_CODES).catch('internal'),
    retryable: z.boolean(),
    next: z.string().max(1000).optional(),
  }),
});
export type RpcError = z.infer<typeof RpcError>;

export const RpcRequest = z.object({ jsonrpc: z.literal('2.0'), id: RpcId, method: z.string().max(64), params: z.unknown().optional() });
export type RpcRequest = z.infer<typeof RpcRequest>;
export const RpcNotification = z.object({ jsonrpc: z.literal('2.0'), method: z.string().max(64), params: z.unknown().optional() });
export type RpcNotification = z.infer<typeof RpcNotification>;
export const RpcResult = z.object({ jsonrpc: z.literal('2.0'), id: RpcId, result: z.unknown() });
export const RpcFailure = z.object({ jsonrpc: z.literal('2.0'), id: RpcId.nullable(), error: RpcError });
export type RpcFailure = z.infer<typeof RpcFailure>;

export type RpcMessage =
  | { kind: 'request'; id: RpcId; method: string; params: unknown }
  | { kind: 'notification'; method: string; params: unknown }
  | { kind: 'result'; id: RpcId; result: unknown }
  | { kind: 'failure'; id: RpcId | null; error: RpcError };

/** One schema per method: what it takes and what it answers. A notification has no `result`. */
export interface Method {
  params: z.ZodType;
  result: z.ZodType;
}
export type MethodTable = Record<string, Method>;
export type NotificationTable = Record<string, z.ZodType>;

export type ParamsOf<Table extends MethodTable, Name extends keyof Table> = z.infer<Table[Name]['params']>;
export type ParamsIn<Table extends MethodTable, Name extends keyof Table> = z.input<Table[Name]['params']>;
export type ResultOf<Table extends MethodTable, Name extends keyof Table> = z.infer<Table[Name]['result']>;
export type ResultIn<Table extends MethodTable, Name extends keyof Table> = z.input<Table[Name]['result']>;

/** Sorts a decoded JSON value into one of the four kinds; `null` when it is none of them. */
export function parseRpc(value: unknown): RpcMessage | null {
  if (typeof value !== 'object' || value === null) return null;
  if ('method' in value) {
    const request = RpcRequest.safeParse(value);
    if (request.success) return { kind: 'request', id: request.data.id, method: request.data.method, params: request.data.params };
    if ('id' in value) return null;
    const notification = RpcNotification.safeParse(value);
    return notification.success ? { kind: 'notification', method: notification.data.method, params: notification.data.params } : null;
  }
  if ('error' in value) {
    const failure = RpcFailure.safeParse(value);
    return failure.success ? { kind: 'failure', id: failure.data.id, error: failure.data.error } : null;
  }
  const result = RpcResult.safeParse(value);
  return result.success ? { kind: 'result', id: result.data.id, result: result.data.result } : null;
}

/** The failure message for an error at a door. */
export function rpcFailure(id: RpcId | null, error: ErrorData): RpcFailure {
  const { code, message, retryable, next } = error;
  return {
    jsonrpc: '2.0',
    id,
    error: { code: ERRORS[code].rpc, message, data: next === undefined ? { code, retryable } : { code, retryable, next } },
  };
}
