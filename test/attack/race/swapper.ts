// The other side of the race: a process of its own that exchanges two names with each other, as fast as the system does
// it, until it is told to stop. With perl each exchange is one step (`renameat2(RENAME_EXCHANGE)`), so there is never a
// moment in which a name is free; without it four renames take their turn.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Each pair is two absolute paths that change places. */
export interface Swapper {
  how: 'RENAME_EXCHANGE' | 'rename';
  /** Ends it, and says how often it swapped. */
  stop(): Promise<number>;
}

const SYSCALL: Readonly<Record<string, number>> = { x64: 316, arm64: 276 };
const READY_MS = 10_000;

/** In both programs: parent gone, leave; told to stop, say the count. */
const EXCHANGE = `
my ($call, @p) = @ARGV; $call += 0; my $n = 0; my $stop = 0;
$SIG{TERM} = sub { $stop = 1 };
my $parent = getppid();
exit 3 if syscall($call, -100, $p[0], -100, $p[1], 2) != 0;
$| = 1; print "ready\\n";
while (!$stop) {
  for (my $i = 0; $i < @p; $i += 2) { $n++ if syscall($call, -100, $p[$i], -100, $p[$i + 1], 2) == 0 }
  last if $n % 1000 < 3 && getppid() != $parent;
}
print "$n\\n";`;

const RENAME = `
const { renameSync } = require('node:fs');
const [parent, ...p] = process.argv.slice(1);
let n = 0, stop = false;
process.on('SIGTERM', () => { stop = true; });
process.stdout.write('ready\\n');
const round = () => {
  for (let turn = 0; turn < 200; turn += 1)
    for (let i = 0; i < p.length; i += 2) {
      try {
        renameSync(p[i], p[i] + '.aside'); renameSync(p[i + 1], p[i]); renameSync(p[i], p[i + 1]); renameSync(p[i] + '.aside', p[i]);
        n += 1;
      } catch {}
    }
  if (stop || process.ppid !== Number(parent)) return process.stdout.write(n + '\\n');
  setImmediate(round);
};
round();`;

export async function startSwapper(pairs: readonly (readonly [string, string])[]): Promise<Swapper> {
  const call = process.platform === 'linux' ? SYSCALL[process.arch] : undefined;
  const paths = pairs.flat();
  const exchange = call === undefined ? null : await start('perl', ['-e', EXCHANGE, String(call), ...paths]);
  if (exchange !== null) return { how: 'RENAME_EXCHANGE', stop: exchange };
  const rename = await start(process.execPath, ['-e', RENAME, String(process.pid), ...paths]);
  if (rename === null) throw new Error('nothing here can swap two names');
  return { how: 'rename', stop: rename };
}

/** Resolves once it swaps, with the way to stop it; `null` when it cannot be started or cannot swap. */
async function start(command: string, args: readonly string[]): Promise<(() => Promise<number>) | null> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  const ready = await Promise.race([
    once(child.stdout, 'data').then(() => true),
    ended.then(() => false),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), READY_MS).unref()),
  ]);
  if (!ready) {
    child.kill('SIGKILL');
    await ended;
    return null;
  }
  return async () => {
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), READY_MS);
    await ended;
    clearTimeout(force);
    return Number(said.trim().split('\n').at(-1)) || 0;
  };
}
