// `npm run attack`: every attack in full against the built product. `--json` prints one document with all figures, `--only
// NAME` plays one member, `--seed N` repeats a run, `--quick` plays the short form that `npm test` runs. Exit code 1 when
// an attack succeeds.
import { parseArgs } from 'node:util';
import { buildStale } from '../../native-host/checkout/build.ts';
import type { Member, Outcome } from './member.ts';
import { MEMBERS } from './members.ts';
import { createRandom, freshSeed } from './random.ts';

interface Played extends Outcome {
  name: string;
  says: string;
  seconds: number;
}

const say = (line: string) => void process.stderr.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    seed: { type: 'string' },
  },
});

async function play(member: Member, seed: number, full: boolean): Promise<Played> {
  const { name, says } = member;
  say(`${name}: ${says}`);
  const started = performance.now();
  const outcome = await member
    .run({ seed, random: createRandom(seed), full, say: (line) => say(`  ${line}`) })
    .catch((thrown: unknown) => ({ figures: {}, failures: [`it broke off: ${thrown instanceof Error ? thrown.stack : String(thrown)}`] }));
  return { name, says, ...outcome, seconds: Math.round((performance.now() - started) / 100) / 10 };
}

function print({ name, figures, failures, seconds }: Played): void {
  const words = Object.entries(figures).map(
    ([what, value]) => `    ${what}: ${typeof value === 'number' ? value.toLocaleString('en') : value}`,
  );
  const verdict = failures.length === 0 ? 'holds' : `FAILS ${failures.length}`;
  process.stdout.write([`${name} ${verdict} (${seconds} s)`, ...words, ...failures.map((failure) => `  ✗ ${failure}`), ''].join('\n'));
}

async function main(): Promise<number> {
  const names = values.only ?? Object.keys(MEMBERS);
  const seed = values.seed === undefined ? freshSeed() : Number(values.seed);
  const unknown = names.find((name) => MEMBERS[name] === undefined);
  if (values.help || unknown !== undefined || !Number.isSafeInteger(seed)) {
    process.stdout.write(`npm run attack -- [--json] [--quick] [--seed N] [--only ${Object.keys(MEMBERS).join('|')}]\n`);
    return values.help ? 0 : 2;
  }
  await buildStale(['host', 'cloud'], { say });
  say(`seed ${seed}`);
  const played: Played[] = [];
  for (const name of names) {
    const member = await MEMBERS[name]?.();
    if (member === undefined) continue;
    const result = await play(member, seed, !values.quick);
    played.push(result);
    if (!values.json) print(result);
  }
  const failures = played.reduce((sum, { failures }) => sum + failures.length, 0);
  if (values.json) process.stdout.write(`${JSON.stringify({ seed, full: !values.quick, failures, members: played }, null, 2)}\n`);
  else process.stdout.write(`seed ${seed}: ${failures === 0 ? 'no attack succeeds' : `${failures} attacks succeed`}\n`);
  return failures === 0 ? 0 : 1;
}

process.exitCode = await main();
