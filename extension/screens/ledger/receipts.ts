// Receipts as a person reads them: those of one run that follow each other are one entry, and each day has its sum. Pure.
import { isHeldBack, type Receipt } from '../../../shared/gate/release.ts';
import type { RunId } from '../../../shared/ids.ts';

/** Receipts of one run in a row, newest first. */
export interface ReceiptGroup {
  /** Of its oldest receipt: it stays the same while newer ones come. */
  key: string;
  run: RunId;
  receipts: Receipt[];
  bytes: number;
  /** Findings that were taken out before it went. */
  withheld: number;
}

export interface Day {
  /** Midnight of the day, in local time. */
  at: number;
  bytes: number;
  releases: number;
}

type Way = 'left' | 'held' | 'stayed';

/** `left`: it went to somebody else than the person, a model in the cloud or another program · `held`: it was asked for, and did not go. */
export function wayOf(receipt: Receipt): Way {
  if (receipt.destination !== 'cloud' && receipt.destination !== 'client') return 'stayed';
  return isHeldBack(receipt) ? 'held' : 'left';
}

export function leaves(receipt: Receipt): boolean {
  return wayOf(receipt) === 'left';
}

/** Findings of one receipt that did not go. */
export function withheldOf({ rules = [] }: Receipt): number {
  return rules.reduce((sum, { count, redacted }) => sum + (redacted ? count : 0), 0);
}

export function groupReceipts(receipts: readonly Receipt[]): ReceiptGroup[] {
  const groups: ReceiptGroup[] = [];
  for (const receipt of receipts) {
    const last = groups.at(-1);
    if (last?.run === receipt.run && wayOf(last.receipts[0] as Receipt) === wayOf(receipt)) {
      last.receipts.push(receipt);
      last.key = receipt.id;
      last.bytes += receipt.bytes;
      last.withheld += withheldOf(receipt);
    } else groups.push({ key: receipt.id, run: receipt.run, receipts: [receipt], bytes: receipt.bytes, withheld: withheldOf(receipt) });
  }
  return groups;
}

/** The last `count` days up to `now`, oldest first, with what left on each. `since`: before it nothing is known, and no day is given. */
export function sumDays(receipts: readonly Receipt[], now: number, count: number, since = 0): Day[] {
  const days: Day[] = [];
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  for (let back = 0; back < count; back += 1) {
    const at = day.getTime();
    if (at < since) break;
    days.unshift({ at, bytes: 0, releases: 0 });
    // By the calendar: a day may have 23 or 25 hours.
    day.setDate(day.getDate() - 1);
  }
  for (const receipt of receipts.filter(leaves)) {
    const found = days.findLast(({ at }) => at <= receipt.at);
    if (found === undefined) continue;
    found.bytes += receipt.bytes;
    found.releases += 1;
  }
  return days;
}
