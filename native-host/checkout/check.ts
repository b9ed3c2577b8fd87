// `npm run check`: types, lint and format, and the unit tests, side by side; every failure is reported, not only the first.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './places.ts';

const MAX_OUTPUT = 400_000;

interface CheckRow {
  says: string;
  /** Program below node_modules, then its arguments. */
  program: readonly string[];
}

const CHECKS: readonly CheckRow[] = [
  { says: 'types', program: ['typescript/bin/tsc', '-b'] },
  { says: 'lint and format', program: ['@biomejs/biome/bin/biome', 'check'] },
  { says: 'unit tests', program: ['vitest/vitest.mjs', 'run', ...unitTestFolders()] },
];

/** Everything that mirrors the sources; browser, attack and benchmark suites have commands of their own. */
function unitTestFolders(): string[] {
  return ['test/shared', 'test/native-host', 'test/cloud', 'test/extension', 'test/conventions', 'test/support'].filter((folder) =>
    existsSync(join(ROOT, folder)),
  );
}

interface Outcome {
  says: string;
  passed: boolean;
  output: string;
  seconds: number;
}

function runCheck({ says, program: [file = '', ...args] }: CheckRow): Promise<Outcome> {
  const since = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, 'node_modules', file), ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-MAX_OUTPUT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const end = (passed: boolean) => resolve({ says, passed, output, seconds: (performance.now() - since) / 1000 });
    child.once('error', (error) => {
      output += error.message;
      end(false);
    });
    child.once('close', (code) => end(code === 0));
  });
}

const outcomes = await Promise.all(
  CHECKS.map(async (check) => {
    const outcome = await runCheck(check);
    process.stdout.write(`${outcome.passed ? '✓' : '✗'} ${outcome.says} (${outcome.seconds.toFixed(1)} s)\n`);
    return outcome;
  }),
);
const failed = outcomes.filter((outcome) => !outcome.passed);
for (const { says, output } of failed) process.stdout.write(`\n── ${says} ──\n${output.trimEnd()}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
