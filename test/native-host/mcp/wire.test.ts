// The MCP server's wire: which calls it answers itself, what it leaves to the SDK, and what it does with hostile lines.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { type AnswerCall, createWire } from '../../../native-host/mcp/wire.ts';

const MAX_LINE_BYTES = 10_000;
/** More than a stream takes before it says that it is full. */
const MAX_ANSWER_CHARS = 100_000;

interface Line {
  id: number;
  result: { called: string; given?: unknown };
}

async function open(answer: AnswerCall = async (called, given) => JSON.stringify({ called, given })) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const wire = createWire({ input, output, maxLineBytes: MAX_LINE_BYTES, answer });
  const passedOn: unknown[] = [];
  const errors: string[] = [];
  const seen = { closed: false };
  wire.onmessage = (message) => void passedOn.push(message);
  wire.onerror = ({ message }) => void errors.push(message);
  wire.onclose = () => {
    seen.closed = true;
  };
  await wire.start();
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    wire,
    input,
    output,
    passedOn,
    errors,
    seen,
    async answers(...chunks: (string | Buffer)[]): Promise<Line[]> {
      for (const chunk of chunks) {
        input.write(chunk);
        await settled();
      }
      const lines = String(output.read() ?? '').split('\n');
      return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
    },
  };
}

const call = (id: number, params: object) => `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })}\n`;

test('a call is answered, in whatever pieces it comes and however many come at once', async () => {
  const { answers } = await open();
  const bytes = Buffer.from(call(1, { name: 'a', arguments: { text: 'grün' } }) + call(2, { name: 'b', _meta: { progressToken: 7 } }));
  const answered = [
    { id: 1, jsonrpc: '2.0', result: { called: 'a', given: { text: 'grün' } } },
    { id: 2, jsonrpc: '2.0', result: { called: 'b' } },
  ];
  expect(await answers(bytes)).toEqual(answered);
  expect(await answers(...Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(answered);
  expect(await answers(call(3, { name: 'c' }).replace('\n', '\r\n'))).toMatchObject([{ id: 3 }]);
});

test.each([
  ['another method', { jsonrpc: '2.0', id: 1, method: 'tools/list' }],
  ['a call as a task', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'a', task: { ttl: 1 } } }],
  ['a call of a later protocol', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'a', _meta: { 'example.org/x': 1 } } }],
  ['a call without a name', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: {} }],
  ['the end of a call that is not answered here', { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } }],
])('%s is left to the SDK', async (_what, message) => {
  const { answers, passedOn } = await open();
  expect(await answers(`${JSON.stringify(message)}\n`)).toEqual([]);
  expect(passedOn).toEqual([message]);
});

test('a call waits until the SDK has taken up what came before it', async () => {
  const order: string[] = [];
  const { answers, wire } = await open(async (name) => {
    order.push(name);
    return '{}';
  });
  // As the SDK does: a handler is called some turns of the queue later.
  wire.onmessage = () => {
    void Promise.resolve()
      .then(() => undefined)
      .then(() => order.push('initialized'));
  };
  const initialized = `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`;
  expect(await answers(initialized + call(1, { name: 'a' }), call(2, { name: 'b' }))).toMatchObject([{ id: 1 }, { id: 2 }]);
  expect(order).toEqual(['initialized', 'a', 'b']);
});

test('a call that is cancelled knows it and is not answered', async () => {
  const { promise: go, resolve } = Promise.withResolvers<void>();
  const ended: [string, boolean][] = [];
  const { answers, passedOn } = await open(async (name, _given, under) => {
    await go;
    ended.push([name, under.aborted]);
    return '{}';
  });
  const cancelled = `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } })}\n`;
  expect(await answers(call(1, { name: 'a' }), call(2, { name: 'b' }), cancelled)).toEqual([]);
  resolve();
  expect(await answers('\n')).toMatchObject([{ id: 2 }]);
  expect(ended).toEqual([
    ['a', true],
    ['b', false],
  ]);
  expect(passedOn).toEqual([]);
});

test('a line that is no JSON is passed over, and one that is no message is told', async () => {
  const { answers, errors } = await open();
  expect(await answers('noise\n', '{"half":\n', '[1]\n', call(1, { name: 'a' }))).toMatchObject([{ id: 1 }]);
  expect(errors).toHaveLength(1);
});

test('a line without an end closes the connection at its cap, and nothing of it is kept', async () => {
  const { answers, errors, seen } = await open();
  expect(await answers('x'.repeat(MAX_LINE_BYTES), 'x')).toEqual([]);
  expect(seen.closed).toBe(true);
  expect(errors).toEqual([`A message is longer than ${MAX_LINE_BYTES} bytes.`]);
});

test('a client that does not read what it is given is not read from', async () => {
  const { answers, input, output } = await open(async () => JSON.stringify('x'.repeat(MAX_ANSWER_CHARS)));
  input.write(call(1, { name: 'a' }));
  await new Promise((resolve) => setImmediate(resolve));
  expect(input.isPaused()).toBe(true);
  output.read();
  await new Promise((resolve) => setImmediate(resolve));
  expect(input.isPaused()).toBe(false);
  expect(await answers(call(2, { name: 'a' }))).toMatchObject([{ id: 2 }]);
});

test('the end of input ends the connection and the calls under way', async () => {
  const signals: { aborted: boolean }[] = [];
  const { input, seen, answers } = await open((_name, _given, given) => {
    signals.push(given);
    return new Promise(() => {});
  });
  await answers(call(1, { name: 'a' }));
  input.end();
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen.closed).toBe(true);
  expect(signals).toMatchObject([{ aborted: true }]);
});
