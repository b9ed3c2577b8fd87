// The gate's scan in its own thread, and the ledger's verification: bytes and records a second. Ordinary text is this
// system's documentation; what is measured is the whole way, from handing the text over to having the findings.
import { readdirSync, readFileSync, rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { appendReceipt } from '../../native-host/gate/ledger.ts';
import { verifyLedger } from '../../native-host/gate/ledger-verify.ts';
import { textOf } from '../../native-host/gate/scan/as-text.ts';
import { createScanner } from '../../native-host/gate/scan/scanner.ts';
import { openStore } from '../../native-host/state/database.ts';
import { makeId, type StepId } from '../../shared/ids.ts';
import { createRandom, makeProse } from '../native-host/gate/scan/corpus.ts';
import { type Figures, figuresOf, round } from './statistics.ts';

const MEBIBYTE = 1024 * 1024;
const TEXT_BYTES = 16 * MEBIBYTE;
const RECORDS = 50_000;

export interface ScanFigures {
  mebibytes: number;
  scanMs: Figures;
  mebibytesPerSecond: number;
  verifyMs: Figures;
  records: number;
  recordsPerSecond: number;
}

export async function measureScan(rounds: number): Promise<ScanFigures> {
  const texts = ordinaryText();
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const scanner = createScanner();
  const times: number[] = [];
  for (let at = -2; at < rounds; at += 1) {
    const startedAt = performance.now();
    const { inspected } = await scanner.texts(texts);
    if (!inspected) throw new Error('the scan did not end');
    if (at >= 0) times.push(performance.now() - startedAt);
  }
  scanner.close();
  const scanMs = figuresOf(times);
  const verifyMs = await timeVerify(Math.max(3, Math.round(rounds / 3)));
  const mebibytes = round(bytes / MEBIBYTE);
  return {
    mebibytes,
    scanMs,
    mebibytesPerSecond: round(mebibytes / (scanMs.p50 / 1000)),
    verifyMs,
    records: RECORDS,
    recordsPerSecond: Math.round(RECORDS / (verifyMs.p50 / 1000)),
  };
}

/** Documents of 256 kB and a little more. */
function ordinaryText(): string[] {
  const texts: string[] = [];
  let text = '';
  let chars = 0;
  const random = createRandom(1);
  const sources = documentation();
  while (chars < TEXT_BYTES) {
    const part = sources.next().value ?? makeProse(random, 20_000);
    text += part;
    chars += part.length;
    if (text.length < 256_000 && chars < TEXT_BYTES) continue;
    texts.push(text);
    text = '';
  }
  return texts;
}

function* documentation(): Generator<string, undefined> {
  const folder = '/usr/share/doc';
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = readFileSync(join(entry.parentPath, entry.name));
      const text = textOf(entry.name.endsWith('.gz') ? gunzipSync(file) : file);
      if (text !== null && text.length < 400_000) yield text;
    }
  } catch {
    // A system without documentation: prose is made up instead.
  }
  return undefined;
}

async function timeVerify(rounds: number): Promise<Figures> {
  const home = mkdtempSync(join(tmpdir(), 'headgate-bench-ledger-'));
  const store = openStore(home);
  try {
    const hash = 'a'.repeat(32);
    store.transaction(() => {
      for (let record = 0; record < RECORDS; record += 1) {
        const handle = makeId('h', randomBytes);
        appendReceipt(
          store,
          {
            at: record,
            run: makeId('r', randomBytes),
            step: 'summary' as StepId,
            destination: 'cloud',
            purpose: 'text.summarize',
            model: 'headgate-extractive',
            label: 'open',
            approvedBy: 'label',
            handles: [handle],
            ranges: [{ handle, from: 0, to: 4000 }],
            rules: [{ rule: 'email', kind: 'contact', count: 2, redacted: true }],
            policy: 'default-1',
            sources: [{ path: hash, identity: hash, content: hash }],
          },
          ['x'],
          ['y'],
        );
      }
    });
    const times: number[] = [];
    for (let at = -1; at < rounds; at += 1) {
      const startedAt = performance.now();
      const { problems, records } = await verifyLedger(store, []);
      if (problems.length > 0 || records !== RECORDS) throw new Error('the ledger does not verify');
      if (at >= 0) times.push(performance.now() - startedAt);
    }
    return figuresOf(times);
  } finally {
    store.close();
    rmSync(home, { recursive: true, force: true });
  }
}
