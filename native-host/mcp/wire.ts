// The MCP server's wire: JSON-RPC messages as lines over stdin and stdout, a transport of the SDK. The SDK's own puts a long
// message together anew with every chunk that comes, and looks at each message before it hands it to a dispatch that looks
// at it again. This one cuts lines, parses JSON, and hands every message on; what a message may be is the SDK's to say.
//
// A client that does not read what it is given is not read from either.
import { type JSONRPCMessage, serializeMessage, type Transport } from '@modelcontextprotocol/server';
import type { Readable, Writable } from 'node:stream';

export interface WireOptions {
  /** Starts to bring bytes; a chunk is only good as long as `take` works on it. */
  openInput(take: (chunk: Buffer) => void): Readable;
  output: Writable;
  /** A longer line ends the connection. */
  maxLineBytes: number;
}

export function createWire({ openInput, output, maxLineBytes }: WireOptions): Transport {
  const lines = createLines(maxLineBytes, take);
  let input: Readable | null = null;
  let closed = false;

  const wire: Transport = {
    async start() {
      input = openInput(onData).on('error', onError).once('end', close).once('close', close);
      output.on('error', onOutputError);
      if (input.readableEnded || input.destroyed) setImmediate(close);
    },
    async send(message) {
      if (closed) throw new Error('The connection is closed.');
      if (output.write(lineOf(message)) || input?.isPaused() === true) return;
      input?.pause();
      output.once('drain', () => input?.resume());
    },
    close: async () => close(),
  };
  return wire;

  function onData(chunk: Buffer): void {
    if (closed) return;
    try {
      lines(chunk);
    } catch (thrown) {
      onError(thrown as Error);
      close();
    }
  }

  function take(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      return;
    }
    try {
      // The dispatch behind it tells every kind of message by its schema, and refuses what is none.
      wire.onmessage?.(message as JSONRPCMessage);
    } catch (thrown) {
      onError(thrown as Error);
    }
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
    input?.pause();
    wire.onclose?.();
  }
}

interface TextAnswer {
  content: readonly [{ type: 'text'; text: string }];
  structuredContent: { content: string };
}

/** A message as the SDK writes it. A tool's answer says its text twice, for clients of either kind; it is put into JSON once. */
function lineOf(message: JSONRPCMessage): string {
  if (!('result' in message) || !saysTwice(message.result)) return serializeMessage(message);
  const { content, structuredContent: _again, ...more } = message.result;
  const text = JSON.stringify(content[0].text);
  const rest = JSON.stringify(more).slice(1, -1);
  const result = `{"content":[{"type":"text","text":${text}}],"structuredContent":{"content":${text}}${rest === '' ? '' : `,${rest}`}}`;
  return `{"result":${result},"jsonrpc":"2.0","id":${JSON.stringify(message.id)}}\n`;
}

function saysTwice(result: object): result is TextAnswer {
  const { content, structuredContent } = result as Partial<TextAnswer>;
  if (!Array.isArray(content) || content.length !== 1 || typeof structuredContent !== 'object' || structuredContent === null) return false;
  const [first] = content;
  return (
    first?.type === 'text' &&
    typeof first.text === 'string' &&
    first.text === structuredContent.content &&
    Object.keys(first).length === 2 &&
    Object.keys(structuredContent).length === 1
  );
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
      if (line.length > maxBytes) throw tooLong(maxBytes);
      take(line.toString('utf8'));
    }
    if (start === chunk.length) return;
    rest.push(Buffer.from(chunk.subarray(start)));
    bytes += chunk.length - start;
    if (bytes > maxBytes) throw tooLong(maxBytes);
  };
}

function tooLong(maxBytes: number): Error {
  return new Error(`A message is longer than ${maxBytes} bytes.`);
}
