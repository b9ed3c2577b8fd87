// What `npm test` runs: gets a browser, runs vitest with every argument passed on (which builds what is stale first), and closes with one
// plain line: `N passed, N failed`, and `, N skipped` where some were.
//
//   npm test                      all of it
//   npm test -- --unit            without a browser: unit and extension
//   npm test -- test/shared -t …  vitest's own arguments
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getBrowser } from './get-browser.ts';
import { closingLine, countResults } from './closing-line.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Far above what the suite takes, also on a machine that does other things; a run that hangs is ended and counts as failed. */
const DEADLINE_MS = 40 * 60_000;

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(args: readonly string[]): Promise<number> {
  const unitOnly = args.includes('--unit');
  const passedOn = args.filter((arg) => arg !== '--unit');
  const browser: Record<string, string> = unitOnly ? {} : { CHROME_PATH: getBrowser(say) };

  const folder = mkdtempSync(join(tmpdir(), 'headgate-test-'));
  try {
    const report = join(folder, 'report.json');
    const projects = unitOnly ? ['--project', 'unit', '--project', 'extension'] : [];
    const status = await runVitest(
      [...projects, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...passedOn],
      browser,
    );
    const counts = countResults(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null, status);
    say(closingLine(counts));
    return counts.failed > 0 || status !== 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs vitest with our terminal; resolves with its exit code. Ctrl-C reaches it as well, and we wait for its end. */
function runVitest(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  const deadline = setTimeout(() => {
    say(`The tests did not end within ${DEADLINE_MS / 60_000} minutes and were stopped.`);
    child.kill('SIGTERM');
  }, DEADLINE_MS);
  return new Promise((settle, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(deadline);
      process.off('SIGINT', ignore);
      settle(code ?? 1);
    });
  });
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  say(closingLine({ passed: 0, failed: 1, skipped: 0 }));
  return 1;
});
