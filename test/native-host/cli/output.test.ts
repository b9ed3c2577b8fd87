import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { alignColumns, createOutput, formatDuration, shown } from '../../../native-host/cli/output.ts';

function streams(columns?: number) {
  const make = () => {
    const said: string[] = [];
    const stream = new PassThrough().on('data', (chunk: Buffer) => said.push(chunk.toString()));
    if (columns !== undefined) Object.assign(stream, { isTTY: true, columns });
    // Only what Output uses of a terminal's stream is there.
    return { said, stream: stream as unknown as NodeJS.WriteStream };
  };
  const [stdout, stderr] = [make(), make()];
  return { stdout, stderr, both: { stdout: stdout.stream, stderr: stderr.stream } };
}

test('with --json exactly one document goes to stdout', () => {
  const { stdout, stderr, both } = streams();
  const out = createOutput(true, both);
  out.line('for people');
  out.table([['a', 'b']]);
  out.document({ a: 1 });
  out.note('beside');
  expect(stdout.said.join('')).toBe('{\n  "a": 1\n}\n');
  expect(stderr.said.join('')).toBe('beside\n');
});

test('without --json there is no document', () => {
  const { stdout, both } = streams();
  const out = createOutput(false, both);
  out.document({ a: 1 });
  out.line('for people');
  expect(stdout.said.join('')).toBe('for people\n');
});

test('progress is one line drawn again on a terminal, cut to its width', () => {
  const { stderr, both } = streams(12);
  const out = createOutput(false, both);
  out.progress('1 of 2');
  out.progress('2 of 2, a long one');
  out.endProgress();
  expect(stderr.said.join('')).toBe('\r\u001b[K1 of 2\r\u001b[K2 of 2, a …\r\u001b[K');
});

test('progress is plain lines elsewhere, each once', () => {
  const { stderr, both } = streams();
  const out = createOutput(false, both);
  out.progress('1 of 2');
  out.progress('1 of 2');
  out.progress('2 of 2');
  out.endProgress();
  expect(stderr.said.join('')).toBe('1 of 2\n2 of 2\n');
});

test('columns are aligned by what is seen, colours counted out', () => {
  expect(
    alignColumns([
      ['a', 'b'],
      ['\u001b[1mlonger\u001b[22m', 'c'],
    ]),
  ).toEqual(['a       b', '\u001b[1mlonger\u001b[22m  c']);
});

test('names from files are shown with their hidden characters visible', () => {
  expect(shown('a\u202egnp.exe\u001b[2J')).toBe('a‹U+202E›gnp.exe‹U+001B›[2J');
});

test('whoever made the words, nothing but our own colours steers a terminal', () => {
  const { stdout, stderr, both } = streams(80);
  const out = createOutput(false, both);
  const words = 'a\u001b]52;c;eA==\u0007\u001b[2J\u009b8m\u202e\rb\u001b[8m';
  const seen = 'a‹U+001B›]52;c;eA==‹U+0007›‹U+001B›[2J‹U+009B›8m‹U+202E›‹U+000D›b‹U+001B›[8m';
  out.line(words);
  out.table([['x', words]]);
  out.note(`\u001b[31m${words}\u001b[39m\nand\tmore`);
  out.progress(words);
  out.endProgress();
  expect(stdout.said.join('')).toBe(`${seen}\nx  ${seen}\n`);
  expect(stderr.said.join('').split('\n').slice(0, 2)).toEqual([`\u001b[31m${seen}\u001b[39m`, 'and\tmore']);
  expect(stderr.said.join('')).not.toContain('\u009b');
});

test('a document is the same value, with nothing in it that a terminal would follow', () => {
  const { stdout, both } = streams();
  const value = { name: 'a\u009b2J\u202eb\u001b', next: 'Grüße 👩‍🌾' };
  createOutput(true, both).document(value);
  expect(stdout.said.join('')).not.toMatch(/[\u001b\u009b\u202e]/);
  expect(JSON.parse(stdout.said.join(''))).toEqual(value);
});

test('sizes and times are short', () => {
  expect([formatDuration(43.4), formatDuration(840), formatDuration(75_000)]).toEqual(['43 ms', '0.8 s', '1 min 15 s']);
});
