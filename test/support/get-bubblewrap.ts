// Sees to it that the tests of commands find bubblewrap: the one that is there, else Debian's package where we may install
// it. Where neither is to be had, the tests that need it are skipped, and say why.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isolationHere } from '../../native-host/commands/isolation.ts';

const APT_DEADLINE_MS = 120_000;

/** `null` when commands can be isolated here, else the reason why not. */
export async function whyNoBubblewrap(): Promise<string | null> {
  if (process.platform !== 'linux') return 'bubblewrap is there on Linux only';
  if (!existsSync('/usr/bin/bwrap') && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) install();
  const isolation = await isolationHere();
  return isolation.kind === 'none' ? isolation.says : null;
}

function install(): void {
  const apt = (...args: string[]) =>
    spawnSync('apt-get', args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: 'ignore',
      timeout: APT_DEADLINE_MS,
    });
  if (apt('install', '--yes', '--no-install-recommends', 'bubblewrap').status !== 0) {
    apt('update');
    apt('install', '--yes', '--no-install-recommends', 'bubblewrap');
  }
}
