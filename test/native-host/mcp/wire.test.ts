// The MCP server's wire: lines in any pieces, every message handed on, and what it does with hostile ones.
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWire } from '../../../native-host/mcp/wire.ts';

const MAX_LINE_BYTES = 10_000;
/** More than a stream takes before it says that it is full. */
const MAX_ANSWER_CHARS = 100_000;

async function open() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const wire = createWire({ openInput: (take) => input.on('data', take), output, maxLineBytes: MAX_LINE_BYTES });
  const messages: unknown[] = [];
  const errors: string[] = [];
  const seen = { closed: 0 };
  wire.onmessage = (message) => void messages.push(message);
  wire.onerror = ({ message }) => void errors.push(message);
  wire.onclose = () => {
    seen.closed += 1;
  };
  await wire.start();
  const write = async (...chunks: (string | Buffer)[]): Promise<void> => {
    for (const chunk of chunks) {
      input.write(chunk);
      await turn();
    }
  };
  return { wire, input, output, messages, errors, seen, write };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const call = (id: number, text: string) =>
  ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'a', arguments: { text } } }) as const;

test('every message is handed on as it came, in whatever pieces it comes and however many come at once', async () => {
  const sent = [call(1, 'grün'), { jsonrpc: '2.0', method: 'notifications/initialized' }, call(2, '')];
  const bytes = Buffer.from(sent.map((message) => `${JSON.stringify(message)}\n`).join(''));
  const [whole, split] = [await open(), await open()];
  await whole.write(bytes);
  await split.write(...Array.from(bytes, (byte) => Buffer.from([byte])));
  expect(whole.messages).toEqual(sent);
  expect(split.messages).toEqual(sent);
  await whole.write(`${JSON.stringify(call(3, ''))}\r\n`);
  expect(whole.messages.at(-1)).toEqual(call(3, ''));
});

test('a line that is no JSON is passed over, and what comes behind it is heard', async () => {
  const { write, messages, errors } = await open();
  await write('noise\n', '{"half":\n', '\n', `${JSON.stringify(call(1, ''))}\n`);
  expect({ messages, errors }).toEqual({ messages: [call(1, '')], errors: [] });
});

test('every answer is written as it is, also one that says its text twice', async () => {
  const { wire, output } = await open();
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '\n', '\u2028', '\ud800', '</script>'));
  const first = fc.record({ type: fc.constantFrom('text', 'image'), text, annotations: fc.object() }, { requiredKeys: ['type', 'text'] });
  const answer = fc
    .tuple(fc.array(first, { maxLength: 2 }), text, fc.boolean(), fc.object({ maxDepth: 1 }), fc.object({ maxDepth: 1 }))
    .map(([content, other, isSame, inner, more]) => ({
      ...more,
      content,
      structuredContent: { ...inner, content: isSame ? (content[0]?.text ?? other) : other },
    }));
  await fc.assert(
    fc.asyncProperty(fc.oneof(answer, fc.object()), fc.oneof(fc.nat(), fc.string()), async (result, id) => {
      const message = { jsonrpc: '2.0', id, result } as const;
      await wire.send(message);
      const line = String(output.read());
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(message)));
    }),
  );
});

test('what goes wrong with one message is told, and the next is heard', async () => {
  const { wire, write, errors, messages } = await open();
  const takes = wire.onmessage;
  wire.onmessage = () => {
    throw new Error('no message');
  };
  await write('[1]\n');
  if (takes !== undefined) wire.onmessage = takes;
  await write(`${JSON.stringify(call(1, ''))}\n`);
  expect({ errors, messages }).toEqual({ errors: ['no message'], messages: [call(1, '')] });
});

test.each([
  ['in pieces', ['x'.repeat(MAX_LINE_BYTES), 'x']],
  ['at once', [`${'1'.repeat(MAX_LINE_BYTES + 1)}\n1\n`]],
])('a line longer than its cap closes the connection, %s', async (_how, chunks) => {
  const { write, messages, errors, seen } = await open();
  await write(...chunks);
  expect({ messages, errors, seen }).toEqual({
    messages: [],
    errors: [`A message is longer than ${MAX_LINE_BYTES} bytes.`],
    seen: { closed: 1 },
  });
});

test('a client that does not read what it is given is not read from', async () => {
  const { wire, write, input, output, messages } = await open();
  await wire.send({ jsonrpc: '2.0', id: 1, result: { text: 'x'.repeat(MAX_ANSWER_CHARS) } });
  expect(input.isPaused()).toBe(true);
  await write(`${JSON.stringify(call(2, ''))}\n`);
  expect(messages).toEqual([]);
  output.read();
  await turn();
  expect(messages).toEqual([call(2, '')]);
});

test('the end of input ends the connection, once, and nothing is sent any more', async () => {
  const { wire, input, seen } = await open();
  input.end();
  await turn();
  await wire.close();
  expect(seen.closed).toBe(1);
  await expect(wire.send({ jsonrpc: '2.0', method: 'notifications/x' })).rejects.toThrow('The connection is closed.');
});
