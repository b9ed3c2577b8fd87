// What MCP clients were given, to the letter: each server keeps it beside its ledger, a file a day, each text once a day however
// often it went. It is written before the content goes and synced within moments; after its time the ledger's hashes are what is
// left. The agent's own releases are kept in its store: gate/sent-texts.ts.
import {
  closeSync,
  constants,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { SENT_LIFE_MS } from '../gate/sent-texts.ts';

const DAY_MS = 24 * 3600_000;
/** Of all that one server keeps; the oldest days go first, and what is past it on one day is not kept. */
const MAX_KEPT_BYTES = 256_000_000;
const MAX_KNOWN = 50_000;
const SYNC_MS = 100;
const DAY_FILE = /^sent-(\d{4}-\d{2}-\d{2})\.jsonl$/;
const Line = z.object({ hash: z.string(), texts: z.array(z.string()) });

export interface Sent {
  /** Keeps the texts of a receipt of this time under its hash. Throws what writing throws. */
  keep(hash: string, texts: readonly string[], at: number): void;
  close(): void;
}

interface Day {
  number: number;
  fd: number;
  known: Set<string>;
}

/** Opens what the server keeps in `folder`, which belongs to this process alone. */
export function openSent(folder: string, maxBytes = MAX_KEPT_BYTES): Sent {
  let day: Day | null = null;
  let bytes = 0;
  let later: NodeJS.Timeout | null = null;

  const leave = (): void => {
    if (later !== null) clearTimeout(later);
    later = null;
    if (day === null) return;
    fdatasyncSync(day.fd);
    closeSync(day.fd);
    day = null;
  };
  const enter = (number: number): Day => {
    leave();
    const file = join(folder, nameOf(number));
    const fd = openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0), 0o600);
    // What a killed process left of a line is a line of its own, which nobody finds.
    if (fstatSync(fd).size > 0) writeSync(fd, '\n');
    purgeSentDays(folder, number * DAY_MS);
    bytes = daysOf(folder).reduce((sum, each) => sum + statSync(each.file).size, 0);
    return { number, fd, known: new Set() };
  };
  /** Whether there is room for so much, also after the oldest days have gone. */
  const makeRoom = (more: number, today: number): boolean => {
    for (const { file, number } of daysOf(folder)) {
      if (bytes + more <= maxBytes) break;
      if (number >= today) return false;
      bytes -= statSync(file).size;
      rmSync(file);
    }
    return bytes + more <= maxBytes;
  };
  const syncLater = ({ fd }: Day): void => {
    later ??= setTimeout(() => {
      later = null;
      fdatasync(fd, () => {});
    }, SYNC_MS).unref();
  };

  return {
    keep(hash, texts, at) {
      const number = Math.floor(at / DAY_MS);
      if (day?.number !== number) day = enter(number);
      if (day.known.has(hash)) return;
      const line = Buffer.from(`${JSON.stringify({ hash, texts })}\n`);
      if (bytes + line.length > maxBytes && !makeRoom(line.length, number)) return;
      for (let done = 0; done < line.length; ) done += writeSync(day.fd, line, done);
      bytes += line.length;
      if (day.known.size >= MAX_KNOWN) day.known.clear();
      day.known.add(hash);
      syncLater(day);
    },
    close: leave,
  };
}

/** What was kept under this hash at this time, `null` when it is no longer. */
export function readSentOf(folder: string, hash: string, at: number): string[] | null {
  const file = join(folder, nameOf(Math.floor(at / DAY_MS)));
  if (!existsSync(file)) return null;
  const kept = readFileSync(file);
  // Within a JSON text no quote stands unescaped, so nothing that a client was given looks like the beginning of a line.
  const start = kept.indexOf(`{"hash":"${hash}",`);
  const end = start < 0 ? -1 : kept.indexOf(10, start);
  return end < 0 ? null : Line.parse(JSON.parse(kept.toString('utf8', start, end))).texts;
}

/** Drops the days that are over their time. */
export function purgeSentDays(folder: string, now: number): void {
  for (const { file, number } of daysOf(folder)) if ((number + 1) * DAY_MS + SENT_LIFE_MS <= now) rmSync(file, { force: true });
}

function nameOf(day: number): string {
  return `sent-${new Date(day * DAY_MS).toISOString().slice(0, 10)}.jsonl`;
}

/** Oldest first. */
function daysOf(folder: string): { file: string; number: number }[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const [, date] = DAY_FILE.exec(name) ?? [];
      return date === undefined ? [] : [{ file: join(folder, name), number: Date.parse(date) / DAY_MS }];
    })
    .sort((one, other) => one.number - other.number);
}
