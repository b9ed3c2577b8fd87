// `headgate mcp`: an MCP server over stdio, so that any MCP client works on the person's files through the gate and the
// journal. It answers in the shapes of the reference filesystem server.
//
// It works in this process rather than in the agent: a call costs no second hop, it needs no agent, and a client that
// hangs holds nobody up. Its state is a folder under HEADGATE_HOME/mcp/ for each set of grants (slot.ts), with a journal
// and a ledger (receipts.ts) of its own, because the agent's store belongs to the agent alone; `headgate ledger` shows all
// ledgers as one. The agent is asked for one thing: to put a question to the person (ask.ts).
//
// The process ends with its client: when stdin ends, what is open is closed, questions to the person are taken back, and
// the process leaves.
import { McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { HeadgateError, toErrorData } from '../../shared/errors.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import { createGrantsFile } from '../gate/grants-file.ts';
import { rememberScans } from '../gate/scan/remembered-scans.ts';
import { createScanner } from '../gate/scan/scanner.ts';
import { loadDeviceKeys } from '../link/keys.ts';
import { VERSION } from '../version.ts';
import { createAreas } from './areas.ts';
import { signLedgerEnd } from './ledgers.ts';
import { openChanges } from './journaled.ts';
import { createGiver } from './give.ts';
import { type LedgerEnd, openReceipts } from './receipts.ts';
import { openSlot } from './slot.ts';
import { openStdin } from './stdin.ts';
import { CHANGE_TOOLS } from './tools/change.ts';
import { LIST_TOOLS } from './tools/list.ts';
import { READ_TOOLS } from './tools/read.ts';
import type { Answer, Services, Tool } from './tools/tool.ts';
import { createWire } from './wire.ts';

export interface ServeOptions {
  home: string;
  /** The command line's grants, each with the path as it was written. */
  given: readonly { grant: Grant; written: string }[];
  /** Says a line to the person; stdout belongs to the protocol. */
  say(line: string): void;
}

/** Base64 of the largest file, or the content of the largest write with every character escaped, and some room. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const ROOTS_DEADLINE_MS = 5_000;
const SIGN_DEADLINE_MS = 2_000;
const REMEMBERED_MS = 100;
const TOOLS: readonly Tool[] = [...READ_TOOLS, ...CHANGE_TOOLS, ...LIST_TOOLS];

/** Serves until the client leaves. */
export async function serveMcp({ home, given, say }: ServeOptions): Promise<void> {
  const now = Date.now;
  const grants = given.map(({ grant }) => grant);
  const slot = openSlot(home, grants);
  const receipts = openReceipts(slot.folder, slot.store);
  const grantsFile = createGrantsFile(home, now);
  const areas = createAreas(
    given,
    remembering(() => grantsFile.list(), now),
  );
  const scanner = rememberScans(createScanner(), receipts.hash);
  const session = new AbortController();
  const giver = createGiver(receipts, areas, scanner, home, now, session.signal);
  const changes = openChanges(slot, grants, now, say);
  // Calls that come before the client's roots wait for them: one that narrows must not be served more for a moment.
  let narrowed: Promise<void> = Promise.resolve();
  const services: Services = { areas, giver, changes, ready: () => narrowed };

  const server = new McpServer({ name: 'headgate', title: 'Headgate', version: VERSION }, { instructions: INSTRUCTIONS });
  registerTools(server, services);

  const narrow = async (): Promise<void> => {
    try {
      const { roots } = await server.server.listRoots(undefined, { timeout: ROOTS_DEADLINE_MS });
      const uris = roots.map(({ uri }) => uri);
      if (areas.narrow(uris) === 0 && uris.length > 0)
        say('None of the client’s roots lies in a granted folder; the grants stand as they are.');
    } catch {
      say('The client did not say its roots; the grants stand as they are.');
    }
  };
  server.server.oninitialized = () => {
    giver.client = (server.server.getClientVersion()?.name ?? giver.client).slice(0, 60);
    if (server.server.getClientCapabilities()?.roots !== undefined) narrowed = narrow();
  };
  server.server.setNotificationHandler('notifications/roots/list_changed', () => {
    narrowed = narrow();
  });

  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  server.server.onclose = leave;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => leave());
  await server.connect(createWire({ openInput: openStdin, output: process.stdout, maxLineBytes: MAX_MESSAGE_BYTES }));
  await left;
  session.abort();
  scanner.close();
  await signEnd(slot.folder, receipts.close(), home, say);
  slot.store.close();
}

/** Not waited for long: the client has gone, and may end this process. */
async function signEnd(folder: string, end: LedgerEnd, home: string, say: (line: string) => void): Promise<void> {
  const signed = signLedgerEnd(folder, end, () => loadDeviceKeys(home)).catch(() => say('The ledger’s end could not be signed.'));
  await Promise.race([signed, new Promise((resolve) => setTimeout(resolve, SIGN_DEADLINE_MS).unref())]);
}

/** The person's other grants, looked at again when a moment has passed: a label made stricter holds from then on. */
function remembering(list: () => readonly Grant[], now: () => number): () => readonly Grant[] {
  let known: { at: number; grants: readonly Grant[] } | null = null;
  return () => {
    if (known === null || now() - known.at > REMEMBERED_MS) known = { at: now(), grants: list() };
    return known.grants;
  };
}

const INSTRUCTIONS =
  'Files of this device through Headgate. Folders have labels: what is labelled “open” is read at once, “ask” once the person has said yes to it, and ' +
  '“home” never. Every change is kept and can be taken back with undo_last.';

const TextOutput = z.object({ content: z.string() });
const MediaOutput = z.object({
  content: z.array(
    z.union([
      z.object({ type: z.enum(['image', 'audio']), data: z.string(), mimeType: z.string() }),
      z.object({ type: z.literal('resource'), resource: z.object({ uri: z.string(), mimeType: z.string().optional(), blob: z.string() }) }),
    ]),
  ),
});

/** What a tool makes of its arguments is the tool's to say. */
const CallParams = z.object({ name: z.string(), arguments: z.unknown() });

/**
 * Registers the tools, and answers calls itself: arguments are parsed once, and answers have their shape by construction. The
 * SDK parses call and answer of a handler for `tools/call` once more with all that either may be; calls come here by its way
 * for methods that have none.
 */
function registerTools(server: McpServer, services: Services): void {
  const tools = new Map(TOOLS.map((tool) => [tool.name, tool]));
  const answer = async (name: string, given: unknown, signal: AbortSignal) => {
    const tool = tools.get(name);
    if (tool === undefined) return failure(new HeadgateError('unknown_method', `There is no tool ${name}.`));
    const args = tool.input.safeParse(given ?? {});
    if (!args.success)
      return failure(
        new HeadgateError('invalid_params', `Input validation error: Invalid arguments for tool ${name}: ${z.prettifyError(args.error)}`),
      );
    try {
      await services.ready();
      return shape(await tool.run(args.data, services, signal));
    } catch (thrown) {
      return failure(thrown);
    }
  };
  for (const { name, title, description, input, annotations, media } of TOOLS)
    server.registerTool(
      name,
      { title, description, inputSchema: input, outputSchema: media ? MediaOutput : TextOutput, annotations },
      (args: unknown, context) => answer(name, args, context.mcpReq.signal),
    );
  server.server.removeRequestHandler('tools/call');
  server.server.fallbackRequestHandler = async ({ method, params }, context) => {
    if (method !== 'tools/call') throw new ProtocolError(ProtocolErrorCode.MethodNotFound, 'Method not found');
    const call = CallParams.safeParse(params);
    if (!call.success)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Invalid params for tools/call: ${z.prettifyError(call.error)}`);
    return answer(call.data.name, call.data.arguments, context.mcpReq.signal);
  };
}

function shape(answer: Answer) {
  if ('text' in answer) return { content: [{ type: 'text' as const, text: answer.text }], structuredContent: { content: answer.text } };
  return { content: [answer.media], structuredContent: { content: [answer.media] } };
}

/** A refusal is an answer that the model can read, with the step that helps. */
function failure(thrown: unknown) {
  const { message, next } = thrown instanceof TypeError ? { message: thrown.message, next: undefined } : toErrorData(thrown);
  const text = next === undefined ? message : `${message} ${next}`;
  return { content: [{ type: 'text' as const, text }], isError: true };
}
