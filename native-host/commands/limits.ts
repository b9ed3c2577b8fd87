// Limits that the kernel keeps for each process of a command, set by prlimit (util-linux) just before the program starts.
// They hold for one process each and say nothing of all together: that is watched (watch.ts).

export interface KernelLimits {
  memoryBytes: number;
  processes: number;
}

const ASKED_FOR_BYTES = 1 << 30;

/** Since 5.14 processes are counted within a user namespace; before, with everything else that the person runs. */
export function countsByNamespace(release: string): boolean {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 14);
}

/** What stands before the program's own words; nothing where there is no prlimit. */
export function limitWords(prlimit: string | null, limits: KernelLimits, where: { jailed: boolean; release: string }): string[] {
  if (prlimit === null) return [];
  return [
    prlimit,
    '--core=0',
    // What is asked for, not what is used: programs with a heap of their own ask for much that they never touch.
    `--data=${limits.memoryBytes * 2 + ASKED_FOR_BYTES}`,
    ...(where.jailed && countsByNamespace(where.release) ? [`--nproc=${limits.processes}`] : []),
    '--',
  ];
}
