// How a terminal calls the host that this browser speaks to: not always the usual one of this account.
import type { HostStatus } from '../../../shared/protocol/native.ts';

const USUAL = 'npx headgate';

/** The whole command, to be copied. */
export function terminalCommand(status: HostStatus | null, words: string): string {
  return `${status?.host.call ?? USUAL} ${words}`;
}
