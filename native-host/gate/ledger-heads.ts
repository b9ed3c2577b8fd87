// Heads of the ledger: how far it reaches, signed with the device key. Signed a moment after the last of several lines, so
// that no release waits for a signature; kept in the store, in a file of its own beside it (0600), and by the cloud, which
// gets it with the heartbeat. A ledger that is shorter than one of the three says has lost its end.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { DeviceKeys } from '../link/keys.ts';
import type { Store } from '../state/database.ts';
import { readFact, writeFact } from '../state/meta.ts';
import { writeFileAtomic } from '../state/write-file.ts';
import { watchLedger } from './ledger.ts';
import { type LedgerHead, type LedgerProblem, type LedgerVerdict, verifyLedger } from './ledger-verify.ts';

/** How long after a line its head is signed. */
const SIGN_AFTER_MS = 400;
const MAX_HEAD_BYTES = 4_000;

const Head = z.object({ n: z.int().min(1), line: z.string().regex(/^[0-9a-f]{64}$/), iat: z.int() });

export interface LedgerHeads {
  /** The last signed head, for the cloud. */
  latest(): string | null;
  /** What the cloud says is the furthest head that it has of us. */
  onCloudHead(signed: string): Promise<void>;
  /** Signs now what is not signed yet. */
  sign(): Promise<void>;
  verify(): Promise<LedgerVerdict & { head: LedgerHead | null }>;
  close(): void;
}

export function createLedgerHeads(
  store: Store,
  home: string,
  keys: () => Promise<DeviceKeys>,
  logError: (error: unknown, where: string) => void,
): LedgerHeads {
  const file = join(home, 'ledger.head');
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  let signing: Promise<void> = Promise.resolve();

  /** Signs only what goes on from every head that is known: one that does not fit is proof, and is not written over. */
  const signNow = async (): Promise<void> => {
    const last = store.get<{ n: number; line: string }>('SELECT n, line FROM ledger ORDER BY n DESC LIMIT 1');
    if (last === undefined) return;
    const key = await keys();
    if (closed) return;
    for (const signed of [readFact(store, 'ledgerHead'), readHeadFile(file), readFact(store, 'cloudLedgerHead')]) {
      if (signed === null) continue;
      const head = await readHead(key, signed);
      if (closed) return;
      if (head === null || store.get<{ line: string }>('SELECT line FROM ledger WHERE n = ?', head.n)?.line !== head.line) return;
      if (head.n === last.n && signed === readFact(store, 'ledgerHead')) return;
    }
    const signed = await key.signHead(last);
    if (closed) return;
    writeFact(store, 'ledgerHead', signed);
    writeFileAtomic(file, signed, 0o600);
  };
  const sign = (): Promise<void> => {
    signing = signing.then(signNow).catch((error: unknown) => logError(error, 'ledger head'));
    return signing;
  };
  const signLater = (): void => {
    timer ??= setTimeout(() => {
      timer = null;
      void sign();
    }, SIGN_AFTER_MS).unref();
  };
  watchLedger(store, signLater);
  // A crash may have come between a line and its head.
  signLater();

  return {
    latest: () => readFact(store, 'ledgerHead'),
    async onCloudHead(signed) {
      if (signed === readFact(store, 'cloudLedgerHead') || closed) return;
      // Only what this device signed counts: a cloud can hold back a head, it cannot make one.
      const head = await readHead(await keys(), signed);
      const known = await readHead(await keys(), readFact(store, 'cloudLedgerHead'));
      if (!closed && head !== null && head.n > (known?.n ?? 0)) writeFact(store, 'cloudLedgerHead', signed);
    },
    sign,
    async verify() {
      await sign();
      const key = await keys();
      const places = [
        { where: 'the store', signed: readFact(store, 'ledgerHead') },
        { where: `the file ${file}`, signed: readHeadFile(file) },
        { where: 'the cloud', signed: readFact(store, 'cloudLedgerHead') },
      ];
      const heads: LedgerHead[] = [];
      const unsigned: LedgerProblem[] = [];
      for (const { where, signed } of places) {
        const head = await readHead(key, signed);
        if (head !== null) heads.push(head);
        else if (signed !== null)
          unsigned.push({ n: 0, kind: 'unsigned', says: `the head that ${where} holds is not signed by this device` });
      }
      const lines = store.get('SELECT 1 FROM ledger LIMIT 1') !== undefined;
      for (const { where, signed } of places.slice(0, 2)) {
        if (signed === null && lines) unsigned.push({ n: 0, kind: 'unsigned', says: `${where} has lost its signed head` });
      }
      const verdict = await verifyLedger(store, heads);
      const head = heads.reduce<LedgerHead | null>((best, each) => (best === null || each.n > best.n ? each : best), null);
      return { ...verdict, problems: [...verdict.problems, ...unsigned], head };
    },
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      watchLedger(store, () => undefined);
    },
  };
}

async function readHead(keys: DeviceKeys, signed: string | null): Promise<LedgerHead | null> {
  if (signed === null) return null;
  const head = Head.safeParse(await keys.readHead(signed));
  return head.success ? { n: head.data.n, line: head.data.line, at: head.data.iat * 1000 } : null;
}

function readHeadFile(file: string): string | null {
  if (!existsSync(file)) return null;
  return readFileSync(file, 'utf8').slice(0, MAX_HEAD_BYTES).trim();
}
