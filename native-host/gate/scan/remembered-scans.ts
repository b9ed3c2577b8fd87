// A scanner that remembers what it found in texts that it has looked through: a client reads the same files again and
// again. Only the keyed hash of the texts is kept, never the texts, and only as long as this process, whose rules do not
// change. A scan that did not inspect is not remembered.
import type { Scan } from '../../../shared/gate/findings.ts';
import type { Scanner } from './scanner.ts';

const MAX_SCANS = 5_000;
/** More findings than these in one scan are found anew. */
const MAX_FINDINGS = 50;

/** `hash` tells texts apart by all that is in them and by where one ends. */
export function rememberScans(scanner: Scanner, hash: (texts: readonly string[]) => string): Scanner {
  const scans = new Map<string, Scan>();
  return {
    ...scanner,
    async texts(texts, signal) {
      // Halves of a character have one encoding for all, so that a hash does not tell them apart.
      if (!texts.every((text) => text.isWellFormed())) return scanner.texts(texts, signal);
      const key = hash(texts);
      const known = scans.get(key);
      if (known !== undefined) return known;
      const scan = await scanner.texts(texts, signal);
      if (!scan.inspected || scan.findings.length > MAX_FINDINGS) return scan;
      if (scans.size >= MAX_SCANS) scans.clear();
      scans.set(key, scan);
      return scan;
    },
  };
}
