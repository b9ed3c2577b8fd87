// The ledgers of all MCP servers of this user, for reading: listing, what left of a file, and whether every line still follows
// from the one before. A server signs with the device key how far its ledger reaches when its client leaves; a ledger that
// is shorter than that has lost its end. Lines after the last signature stand on the chain alone.
import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { isHeldBack } from '../../shared/gate/release.ts';
import type { ReceiptId } from '../../shared/ids.ts';
import type { DeviceKeys } from '../link/keys.ts';
import type { LedgerProblem } from '../gate/ledger-verify.ts';
import { FIRST_LINE, lineOf } from '../gate/ledger-verify.ts';
import { type MatchedBy, whichFile } from '../gate/ledger-of.ts';
import { writeFileAtomic } from '../state/write-file.ts';
import { LEDGER_FILE, type LedgerEnd, lastLine, McpReceipt, readEnd } from './receipts.ts';
import { purgeSentDays, readSentOf } from './sent.ts';
import { mcpFolder, SLOT_NAME } from './slot.ts';

/** How much of the end of each ledger a listing reads. */
const LISTED_BYTES = 4_000_000;
/** A ledger is looked through whole up to here; a larger one by its end. */
const VERIFIED_BYTES = 512_000_000;
const MAX_FOUND = 500;
const HEAD_FILE = 'ledger.head';
const MAX_HEAD_BYTES = 4_000;
const Head = z.object({ n: z.int().min(1), line: z.string().regex(/^[0-9a-f]{64}$/) });

/** The last receipts of every MCP server, newest first. */
export function listMcpReceipts(home: string, limit: number): McpReceipt[] {
  const receipts = ledgersOf(home).flatMap((file) => linesOf(file, LISTED_BYTES).flatMap((line) => parsed(line) ?? []));
  return receipts.sort((a, b) => b.at - a.at).slice(0, limit);
}

/** What the release of this receipt gave, to the letter; `null` when no client got it, and `[null]` when it is no longer kept. */
export function readMcpSent(home: string, receipt: ReceiptId): (string | null)[] | null {
  for (const ledger of ledgersOf(home)) {
    const line = linesOf(ledger, VERIFIED_BYTES).find((each) => each.startsWith(`{"id":"${receipt}"`));
    const found = line === undefined ? null : parsed(line);
    if (found !== null) return readSentOf(dirname(ledger), found.hash, found.at) ?? [null];
  }
  return null;
}

/** Drops what has been kept for its time, also of servers that nobody starts any more. */
export function purgeMcpSent(home: string, now: number): void {
  for (const ledger of ledgersOf(home)) purgeSentDays(dirname(ledger), now);
}

/** What MCP clients were given of a file, by where it is and by which file it is. `file` is absolute and need not exist. */
export function mcpReceiptsOf(home: string, file: string): { receipt: McpReceipt; by: MatchedBy[] }[] {
  const { path: real, identity } = whichFile(file);
  const found = ledgersOf(home).flatMap((ledger) =>
    linesOf(ledger, VERIFIED_BYTES).flatMap((line) => {
      const receipt = parsed(line);
      if (receipt === null || isHeldBack(receipt)) return [];
      const by: MatchedBy[] = [];
      if (receipt.files.some(({ folder, path }) => join(folder, path) === real)) by.push('path');
      if (identity !== null && receipt.files.some(({ dev, ino }) => dev === identity.dev && ino === identity.ino)) by.push('identity');
      return by.length === 0 ? [] : [{ receipt, by }];
    }),
  );
  return found.sort((a, b) => b.receipt.at - a.receipt.at).slice(0, MAX_FOUND);
}

/** Signs how far a ledger reaches, unless it does not go on from what was signed before: that is proof, and is not written over. */
export async function signLedgerEnd(folder: string, end: LedgerEnd, keys: () => Promise<DeviceKeys>): Promise<void> {
  if (end.n === 0) return;
  const key = await keys();
  const signed = readHeadFile(folder);
  if (signed !== null) {
    const head = Head.safeParse(await key.readHead(signed));
    if (!head.success || !reaches(join(folder, LEDGER_FILE), head.data)) return;
  }
  writeFileAtomic(join(folder, HEAD_FILE), await key.signHead({ n: end.n, line: end.line }), 0o600);
}

/** What was done to any MCP server's ledger; each is numbered as `ledgersOf` lists them. */
export async function verifyMcpLedgers(home: string, keys: () => Promise<DeviceKeys>): Promise<LedgerProblem[]> {
  const problems: LedgerProblem[] = [];
  for (const [index, file] of ledgersOf(home).entries()) {
    const problem = await problemOf(file, `what MCP clients got (ledger ${index + 1})`, keys);
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

async function problemOf(file: string, what: string, keys: () => Promise<DeviceKeys>): Promise<LedgerProblem | null> {
  const broken = findBrokenMcpLine(file);
  if (broken !== null) return { n: broken, kind: 'changed', says: `line ${broken} of ${what} does not follow from the one before` };
  const signed = readHeadFile(dirname(file));
  if (signed === null) return null;
  const head = Head.safeParse(await (await keys()).readHead(signed));
  if (!head.success) return { n: 0, kind: 'unsigned', says: `the head of ${what} is not signed by this device` };
  return reaches(file, head.data) ? null : { n: 0, kind: 'cut', says: `${what} has lost lines at its end since it was signed` };
}

/** The first line of a ledger whose chain does not hold, counted from 1; `null` when all do. */
export function findBrokenMcpLine(file: string): number | null {
  let previous = FIRST_LINE;
  for (const [index, line] of linesOf(file, VERIFIED_BYTES).entries()) {
    if (parsed(line)?.previous !== previous) return index + 1;
    previous = lineOf(line);
  }
  return null;
}

/** Every MCP server's ledger. */
export function ledgersOf(home: string): string[] {
  const folder = mcpFolder(home);
  if (!existsSync(folder)) return [];
  const slots = readdirSync(folder).filter((name) => SLOT_NAME.test(name));
  return slots.map((name) => join(folder, name, LEDGER_FILE)).filter((file) => existsSync(file));
}

function readHeadFile(folder: string): string | null {
  const file = join(folder, HEAD_FILE);
  return existsSync(file) ? readFileSync(file, 'utf8').slice(0, MAX_HEAD_BYTES).trim() : null;
}

/** Whether the ledger still has the line that was its last when it was signed, in its place. */
function reaches(file: string, { n, line }: LedgerEnd): boolean {
  const fd = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    return fstatSync(fd).size >= n && lastLine(fd, n) === line;
  } finally {
    closeSync(fd);
  }
}

/** The whole lines in the last bytes of a ledger. */
function linesOf(file: string, maxBytes: number): string[] {
  const fd = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { size } = fstatSync(fd);
    const text = readEnd(fd, size, maxBytes).toString('utf8');
    const whole = size > maxBytes ? text.slice(text.indexOf('\n') + 1) : text;
    return whole
      .slice(0, whole.lastIndexOf('\n') + 1)
      .split('\n')
      .slice(0, -1);
  } finally {
    closeSync(fd);
  }
}

function parsed(line: string): McpReceipt | null {
  try {
    return McpReceipt.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
