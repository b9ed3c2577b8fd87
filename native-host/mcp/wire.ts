// The wire of the MCP server: JSON-RPC messages as lines over stdin and stdout, a transport of the SDK. Calls of tools, nearly
// all that a client ever sends, are answered here in one look each: the SDK would look at every message with nine schemas in
// turn, which costs more than the gate. Everything else, and every call that carries more than a name and arguments, is
// the SDK's: the handshake, lists, roots, what a later protocol adds.
//
// A client that does not read what it is given is not read from either.
import { deserializeMessage, type JSONRPCMessage, serializeMessage, type Transport } from '@modelcontextprotocol/server';
import type { Readable, Writable } from 'node:stream';
import * as z from 'zod';

/** The result of a call, as JSON. Never rejects. */
export type AnswerCall = (name: string, given: unknown, call: Cancellable) => Promise<string>;

/** What an AbortSignal says, without what making one costs. */
export interface Cancellable {
  readonly aborted: boolean;
}

export interface WireOptions {
  input: Readable;
  output: Writable;
  /** A longer line ends the connection. */
  maxLineBytes: number;
  answer: AnswerCall;
}

const Id = z.union([z.string(), z.int()]);
/** Progress is never told here, so its token asks for nothing. */
const PlainCall = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: Id,
  method: z.literal('tools/call'),
  params: z.strictObject({
    name: z.string(),
    arguments: z.record(z.string(), z.unknown()).optional(),
    _meta: z.strictObject({ progressToken: Id.optional() }).optional(),
  }),
});
type PlainCall = z.infer<typeof PlainCall>;
const Cancelled = z.object({ method: z.literal('notifications/cancelled'), params: z.object({ requestId: Id }) });

export function createWire({ input, output, maxLineBytes, answer }: WireOptions): Transport {
  const calls = new Map<PlainCall['id'], { aborted: boolean }>();
  /** Until the SDK has taken up what came before: what a client says of its roots goes for the call behind it. */
  let takenUp: Promise<void> | null = null;
  const lines = createLines(maxLineBytes, take);
  let closed = false;

  const wire: Transport = {
    async start() {
      input.on('data', onData).on('error', onError).once('end', close).once('close', close);
      output.on('error', onOutputError);
      if (input.readableEnded || input.destroyed) setImmediate(close);
    },
    async send(message) {
      if (closed) throw new Error('The connection is closed.');
      write(serializeMessage(message));
    },
    close: async () => close(),
  };
  return wire;

  function onData(chunk: Buffer): void {
    try {
      lines(chunk);
    } catch (thrown) {
      onError(thrown as Error);
      close();
    }
  }

  function take(line: string): void {
    try {
      const message: unknown = JSON.parse(line);
      const call = callIn(message);
      if (call !== null) void run(call);
      else if (!cancel(message)) passOn(deserializeMessage(line));
    } catch (thrown) {
      // A line that is no JSON is noise; what is no message is told.
      if (!(thrown instanceof SyntaxError)) onError(thrown as Error);
    }
  }

  function passOn(message: JSONRPCMessage): void {
    wire.onmessage?.(message);
    const later = new Promise<void>((resolve) => setImmediate(resolve));
    takenUp = later;
    void later.then(() => {
      if (takenUp === later) takenUp = null;
    });
  }

  async function run({ id, params }: PlainCall): Promise<void> {
    const call = { aborted: false };
    calls.set(id, call);
    if (takenUp !== null) await takenUp;
    const result = await answer(params.name, params.arguments, call);
    if (calls.get(id) === call) calls.delete(id);
    // As the protocol has it, what was cancelled is not answered.
    if (!call.aborted) write(`{"result":${result},"jsonrpc":"2.0","id":${JSON.stringify(id)}}\n`);
  }

  /** Whether it was the end of a call that is answered here. */
  function cancel(message: unknown): boolean {
    if (calls.size === 0 || methodOf(message) !== 'notifications/cancelled') return false;
    const id = Cancelled.safeParse(message).data?.params.requestId;
    const call = id === undefined ? undefined : calls.get(id);
    if (call === undefined) return false;
    call.aborted = true;
    return true;
  }

  function write(line: string): void {
    if (closed || output.write(line) || input.isPaused()) return;
    input.pause();
    output.once('drain', () => input.resume());
  }

  function onError(error: Error): void {
    wire.onerror?.(error);
  }

  function onOutputError(error: Error): void {
    if (!closed) onError(error);
    close();
  }

  function close(): void {
    if (closed) return;
    closed = true;
    input.off('data', onData).pause();
    for (const call of calls.values()) call.aborted = true;
    calls.clear();
    wire.onclose?.();
  }
}

function callIn(message: unknown): PlainCall | null {
  return methodOf(message) === 'tools/call' ? (PlainCall.safeParse(message).data ?? null) : null;
}

function methodOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'method' in message ? message.method : undefined;
}

/** Cuts bytes into lines, in any pieces in which they come. Throws when a line is too long. */
function createLines(maxBytes: number, take: (line: string) => void): (chunk: Buffer) => void {
  let rest: Buffer[] = [];
  let bytes = 0;
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const piece = chunk.subarray(start, end);
      const line = rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
      [rest, bytes, start] = [[], 0, end + 1];
      take(line.toString('utf8'));
    }
    if (start === chunk.length) return;
    rest.push(chunk.subarray(start));
    bytes += chunk.length - start;
    if (bytes > maxBytes) throw new Error(`A message is longer than ${maxBytes} bytes.`);
  };
}
