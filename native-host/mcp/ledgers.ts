// The ledgers of all MCP servers of this user, for reading: listing, what left of a file, and whether every line still follows
// from the one before. A server signs with the device key how far its ledger reaches when its client leaves; a ledger that
// is shorter than that has lost its end. Lines after the last signature stand on the chain alone.
import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { DeviceKeys } from '../link/keys.ts';
import type { LedgerProblem } from '../gate/ledger-verify.ts';
import { FIRST_LINE, lineOf } from '../gate/ledger-verify.ts';
import { type MatchedBy, whichFile } from '../gate/ledger-of.ts';
import { writeFileAtomic } from '../state/write-file.ts';
import { LEDGER_FILE, type LedgerEnd, lastLine, McpReceipt, readEnd } from './receipts.ts';
import { mcpFolder, SLOT_NAME } from './slot.ts';

/** How much of the end of each ledger a listing reads. */
const LISTED_BYTES = 4_000_000;
/** A ledger is looked through whole up to here; a larger one by its end. */
const VERIFIED_BYTES = 512_000_000;
const MAX_FOUND = 500;
const HEAD_FILE = 'ledger.head';
const Head = z.object({ n: z.int().min(1), line: z.string().regex(/^[0-9a-f]{64}$/) });

/** The last receipts of every MCP server, newest first. */
export function listMcpReceipts(home: string, limit: number): McpReceipt[] {
  const receipts = ledgersOf(home).flatMap((file) => linesOf(file, LISTED_BYTES).flatMap((line) => parsed(line) ?? []));
  return receipts.sort((a, b) => b.at - a.at).slice(0, limit);
}

/** What MCP clients were given of a file, by where it is and by which file it is. `file` is absolute and need not exist. */
export function mcpReceiptsOf(home: string, file: string): { receipt: McpReceipt; by: MatchedBy[] }[] {
  const { path: real, identity } = whichFile(file);
  const found = ledgersOf(home).flatMap((ledger) =>
    linesOf(ledger, VERIFIED_BYTES).flatMap((line) => {
      const receipt = parsed(line);
      if (receipt === null) return [];
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
  const file = join(folder, HEAD_FILE);
  const key = await keys();
  if (existsSync(file)) {
    const head = Head.safeParse(await key.readHead(readFileSync(file, 'utf8').trim()));
    if (!head.success || !reaches(join(folder, LEDGER_FILE), head.data)) return;
  }
  writeFileAtomic(file, await key.signHead({ n: end.n, line: end.line }), 0o600);
}

/** Looks through every MCP server's ledger. `records` counts their lines. */
export async function verifyMcpLedgers(
  home: string,
  keys: () => Promise<DeviceKeys>,
): Promise<{ records: number; problems: LedgerProblem[] }> {
  let records = 0;
  const problems: LedgerProblem[] = [];
  for (const file of ledgersOf(home)) {
    const whose = `the ledger of an MCP server (${dirname(file)})`;
    const { lines, broken } = walk(file);
    records += lines;
    if (broken !== null)
      problems.push({
        n: broken,
        kind: 'changed',
        says: `${whose}: line ${broken} does not follow from the one before: something was changed`,
      });
    const headFile = join(dirname(file), HEAD_FILE);
    if (existsSync(headFile)) {
      const head = Head.safeParse(await (await keys()).readHead(readFileSync(headFile, 'utf8').trim()));
      if (!head.success) problems.push({ n: 0, kind: 'unsigned', says: `${whose}: its signed head is not signed by this device` });
      else if (broken === null && !reaches(file, head.data))
        problems.push({ n: lines + 1, kind: 'cut', says: `${whose}: it has lost lines at its end since it was signed` });
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { records, problems };
}

/** The first line of a ledger whose chain does not hold, counted from 1; `null` when all do. */
export function findBrokenMcpLine(file: string): number | null {
  return walk(file).broken;
}

/** Every MCP server's ledger. */
export function ledgersOf(home: string): string[] {
  const folder = mcpFolder(home);
  if (!existsSync(folder)) return [];
  const slots = readdirSync(folder).filter((name) => SLOT_NAME.test(name));
  return slots.map((name) => join(folder, name, LEDGER_FILE)).filter((file) => existsSync(file));
}

function walk(file: string): { lines: number; broken: number | null } {
  let previous = FIRST_LINE;
  let lines = 0;
  let broken: number | null = null;
  for (const line of linesOf(file, VERIFIED_BYTES)) {
    lines += 1;
    const receipt = parsed(line);
    if (broken === null && receipt?.previous !== previous) broken = lines;
    previous = lineOf(line);
  }
  return { lines, broken };
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
