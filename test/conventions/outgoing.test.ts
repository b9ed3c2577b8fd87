// No other code path sends content: what goes over the link to the cloud is typed so that only what the gate released, what
// is sealed, and what has lost its words fits. The compiler is asked about one file for each way around it, against the
// product's own sources; and each brand is made in the one file that may make it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSources, ROOT } from './source-files.ts';

const HEAD = `
import type { Link } from '${ROOT}native-host/link/socket.ts';
import { createOutbox } from '${ROOT}native-host/link/outbox.ts';
import type { Released } from '${ROOT}native-host/gate/release.ts';
import type { DeviceKeys } from '${ROOT}native-host/link/keys.ts';
import { type Tell, wordlessEvent, wordlessReport } from '${ROOT}native-host/link/wordless.ts';
declare const link: Link, store: never, keys: DeviceKeys, spec: never, run: never, step: never, receipt: never;
declare const tell: Tell, plain: string[], released: Released<string[]>, text: string;
const texts = plain;
const rest = { run, step, receipt, op: 'text.summarize', deadlineMs: 1000 };
`;

/** Each would send something that the gate has not seen. */
const REFUSED: Readonly<Record<string, string>> = {
  'plain texts in a question': "void link.ask('infer', { ...rest, question: { texts } });",
  'released texts that were changed': "void link.ask('infer', { ...rest, question: { texts: released.map((each) => each + text) } });",
  'released texts with one more': "void link.ask('infer', { ...rest, question: { texts: [...released, text] } });",
  'a single text': "void link.ask('infer', { ...rest, question: { texts: text } });",
  'a title that is not sealed': "void link.ask('run.submit', { spec, sealed: text });",
  'a log with a title that is not sealed': "void link.ask('run.replicate', { events: [], sealed: text });",
  'events with their words': `void link.ask('run.replicate', { sealed: keys.seal(text), events: [{ run, seq: 1, epoch: 1, at: 0, type: 'step.failed', step, code: 'internal', message: text, retryable: false, nothingChanged: true }] });`,
  'a report with its words': `void link.ask('task.report', { run, step, attempt: 1, report: { type: 'failed', code: 'internal', message: text, retryable: false, nothingChanged: true } });`,
  'an unsealed title, by way of the outbox': 'createOutbox(store, () => link, async () => ({ spec, sealed: text }), () => undefined);',
  'a field that no message has': "void link.ask('run.cancel', { run, note: text });",
  'a message that there is not': "void link.ask('upload', { text });",
};

const TAKEN: Readonly<Record<string, string>> = {
  'what the gate released': "void link.ask('infer', { ...rest, question: { texts: released } });",
  'what is sealed': "void link.ask('run.submit', { spec, sealed: keys.seal(text) });",
  'a log without words':
    "declare const event: Parameters<typeof wordlessEvent>[0];\nvoid link.ask('run.replicate', { sealed: keys.seal(text), events: [wordlessEvent(event, tell)] });",
  'a report without words':
    "declare const report: Parameters<typeof wordlessReport>[0];\nvoid link.ask('task.report', { run, step, attempt: 1, report: wordlessReport(report, tell) });",
};

const CASES = Object.entries({ ...REFUSED, ...TAKEN });
const fileOf = (name: string) => `${name.replace(/\W+/g, '-')}.ts`;
let folder: string;
let said: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-outgoing-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  for (const [name, text] of CASES)
    writeFileSync(
      join(folder, fileOf(name)),
      `${HEAD}${text}\nexport const used: unknown = [wordlessEvent, wordlessReport, createOutbox, keys, tell, store, texts];\n`,
    );
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { composite: false, emitDeclarationOnly: false, noEmit: true, types: ['node'], rootDir: '/' },
      files: CASES.map(([name]) => fileOf(name)),
      references: [],
    }),
  );
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  said = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8', timeout: 60_000 }).stdout;
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const errorsIn = (name: string) => said.split('\n').filter((line) => line.includes(`${fileOf(name)}(`));

test.each(Object.keys(REFUSED))('%s does not compile', (name) => {
  expect(errorsIn(name).join('\n')).toMatch(/error TS2(322|345|353|739|740|741|769)/);
});

test.each(Object.keys(TAKEN))('%s compiles', (name) => {
  expect(errorsIn(name)).toEqual([]);
});

test('nothing else is complained of', () => {
  const known = CASES.map(([name]) => `${fileOf(name)}(`);
  expect(said.split('\n').filter((line) => /^\S+\(\d/.test(line) && !known.some((file) => line.includes(file)))).toEqual([]);
});

test.each([
  ['Released', ['native-host/gate/release.ts', 'native-host/mcp/give.ts']],
  ['Sealed', ['native-host/link/keys.ts']],
  ['Told', ['native-host/link/wordless.ts']],
])('%s is made only where it may be', (brand, makers) => {
  const casts = readSources().filter(({ text }) => new RegExp(`\\bas (?:unknown as )?${brand}\\b`).test(text));
  expect(casts.map(({ path }) => path).sort()).toEqual(makers);
});

test('nothing else of the host talks to a network', () => {
  // Standard input, which is open already and only read, is none.
  const talkers = readSources().filter(
    ({ path, text }) =>
      path.startsWith('native-host/') &&
      !path.startsWith('native-host/checkout/') &&
      /\bfetch\(|new Socket\((?!\{ fd: 0, readable: true, writable: false,)|WebSocket\(|node:(?:http2?|https|tls|dgram|dns)['/]/.test(text),
  );
  expect(talkers.map(({ path }) => path).filter((path) => !TALKERS.some((place) => place.test(path)))).toEqual([]);
});

/** The cloud's API before there is a socket (pairing, tokens), the socket, and downloads, which send no content of files. */
const TALKERS = [/^native-host\/link\/(api|socket)\.ts$/, /^native-host\/ops\/net\//];
