// The internet as a download sees it: how names become addresses, and which addresses may be reached. An argument of what
// downloads, with the strict one as the agent's own: nothing that runs can loosen it.
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { isInRange, judgeAddress } from '../../../shared/gate/addresses.ts';

export interface Internet {
  /** Every address of a name. Rejects with the system's error where there is none. */
  resolve(host: string): Promise<readonly string[]>;
  /** Why nothing is fetched from this address, or `null`. */
  judge(address: string): string | null;
  /** Certificates that are trusted in place of the system's, as PEM. */
  authorities?: string;
}

export const INTERNET: Internet = {
  resolve: async (host) => (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address),
  judge: (address) => judgeAddress(address) ?? judgeNear(address, ownRanges()),
};

/** Ranges that are wider than any network around a machine say nothing about what is near: tunnels have such. */
const WIDEST = { IPv4: 8, IPv6: 32 } as const;

/**
 * A machine with a public address, and every one with IPv6, has neighbours whose addresses look like any other of the internet:
 * what shares a network with this machine is not fetched from either.
 */
export function judgeNear(address: string, ranges: readonly string[]): string | null {
  return ranges.some((range) => isInRange(address, range)) ? 'the network around this machine' : null;
}

function ownRanges(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).flatMap(({ cidr, family }) => (cidr !== null && Number(cidr.split('/')[1]) >= WIDEST[family] ? cidr : [])),
  );
}
