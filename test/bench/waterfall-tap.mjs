// Loaded into agent and cloud before their own code (`--import`), for the waterfall alone: notes when a message has come in or
// is about to go out, by the JSON that both are made of, and writes the notes to a file when the process ends. In any other
// process, and without a place to write to, it does nothing.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.HEADGATE_BENCH_TAP;
const program = process.argv[1] ?? '';
const who = program.endsWith('cloud.mjs') ? 'cloud' : program.endsWith('host.cjs') && process.argv[2] === 'agent' ? 'agent' : null;

if (folder !== undefined && who !== null) {
  const notes = [];
  const { parse, stringify } = JSON;
  const note = (way, message) => {
    if (message?.jsonrpc !== '2.0' || typeof message.method !== 'string') return;
    const { status, events } = message.params ?? {};
    const isLast = status === 'succeeded' || events?.at(-1)?.type === 'run.finished';
    notes.push({ at: performance.timeOrigin + performance.now(), what: `${who} ${way} ${message.method}${isLast ? ' (last)' : ''}` });
  };
  JSON.parse = (text, reviver) => {
    const value = parse(text, reviver);
    note('in', value);
    return value;
  };
  JSON.stringify = (value, ...rest) => {
    note('out', value);
    return stringify(value, ...rest);
  };
  process.on('exit', () => writeFileSync(join(folder, `${who}.json`), stringify(notes)));
}
