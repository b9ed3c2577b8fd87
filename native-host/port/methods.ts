// The door for extension and terminal: each method's schema is applied to what comes in, and only then its handler runs;
// and to what goes out, so that nothing passes which the schema's caps do not allow. Methods that widen what is allowed, or show real paths, answer terminals only.
import type * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import { codeOfProblem, firstProblem, IN_WORDS } from '../../shared/issue-words.ts';
import { NATIVE_METHODS, type NativeMethod, TERMINAL_METHODS, type TerminalMethod } from '../../shared/protocol/native.ts';
import type { Client } from './server.ts';

type Params<Table, Name extends keyof Table> = Table[Name] extends { params: z.ZodType } ? z.infer<Table[Name]['params']> : never;
type Result<Table, Name extends keyof Table> = Table[Name] extends { result: z.ZodType } ? z.input<Table[Name]['result']> : never;

export type NativeHandlers = {
  [Name in NativeMethod]: (
    params: Params<typeof NATIVE_METHODS, Name>,
    client: Client,
  ) => Result<typeof NATIVE_METHODS, Name> | Promise<Result<typeof NATIVE_METHODS, Name>>;
};
export type TerminalHandlers = {
  [Name in TerminalMethod]: (
    params: Params<typeof TERMINAL_METHODS, Name>,
    client: Client,
  ) => Result<typeof TERMINAL_METHODS, Name> | Promise<Result<typeof TERMINAL_METHODS, Name>>;
};

/**
 * Answers one request of a client. Throws `unknown_method`, `forbidden`, `invalid_params`, or what the handler throws; a
 * ZodError, which becomes `internal`, when the handler answers with more than the method's schema allows.
 */
export function createAnswer(handlers: NativeHandlers & TerminalHandlers) {
  return async (client: Client, method: string, params: unknown): Promise<unknown> => {
    const entry = entryOf(method);
    if (entry === null)
      throw new HeadgateError('unknown_method', `This host does not know the method ${method}.`, {
        next: 'Update Headgate on this device.',
      });
    if (entry.terminalOnly && client.from !== 'terminal')
      throw new HeadgateError('forbidden', `${method} can only be asked from a terminal.`);
    if (!client.greeted && method !== 'host.hello') throw new HeadgateError('invalid_request', 'Say host.hello first.');
    const parsed = entry.params.safeParse(params, IN_WORDS);
    if (!parsed.success)
      throw new HeadgateError(codeOfProblem(parsed.error), `${method}: ${firstProblem(parsed.error, 'what it was given')}.`);
    // The table gives each method's own handler; its parameter was parsed by the same method's schema.
    const handler = handlers[entry.name] as (params: unknown, client: Client) => unknown;
    return entry.result.parse(await handler(parsed.data, client));
  };
}

interface Entry {
  name: NativeMethod | TerminalMethod;
  params: z.ZodType;
  result: z.ZodType;
  terminalOnly: boolean;
}

function entryOf(method: string): Entry | null {
  if (Object.hasOwn(NATIVE_METHODS, method))
    return { name: method as NativeMethod, ...NATIVE_METHODS[method as NativeMethod], terminalOnly: false };
  if (Object.hasOwn(TERMINAL_METHODS, method))
    return { name: method as TerminalMethod, ...TERMINAL_METHODS[method as TerminalMethod], terminalOnly: true };
  return null;
}
