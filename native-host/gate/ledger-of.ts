// What has ever left of a file: receipts that name it by where it is, by which file it is (also after it was moved), or by
// what it held (also after it was copied). All three are compared by keyed hashes; the ledger itself knows no path.
import { lstatSync, realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import { isInside } from '../../shared/gate/fold-path.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import { Receipt } from '../../shared/gate/release.ts';
import { decodeText } from '../ops/decode.ts';
import type { Store } from '../state/database.ts';
import { keyedHashes } from './keyed.ts';
import { openFile, readFile } from './resolve.ts';
import { wholeGrant } from './visible.ts';

export type MatchedBy = 'path' | 'identity' | 'content';
export interface LeftOfFile {
  receipt: Receipt;
  by: MatchedBy[];
}

const MAX_READ_BYTES = 20_000_000;
const PAGE = 2_000;
const MAX_FOUND = 500;

/** A place in a granted folder. */
interface Place {
  grant: Grant;
  path: string;
}

/** Receipts of this file, newest first, at most 500. `file` is absolute; it need not exist any more. Throws `grant_not_found` outside every grant, and `not_a_file` for a folder. */
export function receiptsOf(store: Store, grants: readonly Grant[], file: string): LeftOfFile[] {
  const real = realOrSame(file);
  const places = grants.flatMap((grant) =>
    isInside(grant.folder, real) ? [{ grant, path: relative(grant.folder, real).split(sep).join('/') }] : [],
  );
  if (places.length === 0)
    throw new HeadgateError(
      'grant_not_found',
      `${escapeForDisplay(file)} is in no granted folder, so nothing of it can have left from where it is.`,
      { next: 'Give the path that it had when it was granted, or grant its folder to look for it by its content.' },
    );
  if (isFolder(real))
    throw new HeadgateError('not_a_file', `${escapeForDisplay(file)} is a folder, and the ledger tells one file from another.`, {
      next: 'Name a file in it. "headgate ledger" shows all that has left.',
    });
  return receiptsOfPlaces(store, places);
}

/** The same of a file that is known by its place: it need not exist any more. */
export function receiptsOfPlaces(store: Store, places: readonly Place[]): LeftOfFile[] {
  const keyed = keyedHashes(store);
  const paths = new Set(places.map(({ grant, path }) => keyed.path(grant.id, path)));
  const identities = new Set<string>();
  const contents = new Set<string>();
  for (const { grant, path } of places) {
    for (const { identity, content } of lookAt(grant, path)) {
      identities.add(keyed.identity(identity));
      for (const text of content) contents.add(keyed.content(text));
    }
  }
  const found: LeftOfFile[] = [];
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = store.all<{ n: number; receipt: string }>(
      'SELECT n, receipt FROM ledger WHERE n < ? ORDER BY n DESC LIMIT ?',
      before,
      PAGE,
    );
    for (const { receipt: json } of rows) {
      if (found.length >= MAX_FOUND || !json.includes('"sources":[{')) continue;
      const receipt = Receipt.parse(JSON.parse(json));
      const sources = receipt.sources ?? [];
      const by: MatchedBy[] = [];
      if (sources.some(({ path }) => paths.has(path))) by.push('path');
      if (sources.some(({ identity }) => identities.has(identity))) by.push('identity');
      if (sources.some(({ content }) => contents.has(content))) by.push('content');
      if (by.length > 0) found.push({ receipt, by });
    }
    before = rows.at(-1)?.n ?? before;
    if (rows.length < PAGE || found.length >= MAX_FOUND) return found;
  }
}

/** The file as it is now, through the gate: which it is, and its text in the forms in which it may have left. */
function lookAt(grant: Grant, path: string): { identity: { dev: number; ino: number }; content: string[] }[] {
  try {
    // Also of what the grant leaves out by now: it may have left before.
    using file = openFile(wholeGrant(grant), path);
    const text = file.facts.size > MAX_READ_BYTES ? null : decodeText(readFile(file, MAX_READ_BYTES));
    return [{ identity: file.facts, content: text === null ? [] : [text, text.replace(/\r\n?/g, '\n')] }];
  } catch (thrown) {
    if (thrown instanceof HeadgateError) return [];
    throw thrown;
  }
}

/** Where a file is, and which it is; `identity` is `null` when it is not there any more. Nothing is opened. */
export function whichFile(file: string): { path: string; identity: { dev: number; ino: number } | null } {
  const path = realOrSame(file);
  return { path, identity: lstatSync(path, { throwIfNoEntry: false }) ?? null };
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function realOrSame(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
