// The file that says what the person allowed, as it lies on disk: in Headgate's own folder, this user's alone, and taken whole
// or not at all. A file that is damaged or that others could have written stops everything with `grants_damaged` until the
// person mends it. Only a missing file means "nothing granted yet".
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import { CommandGrant } from '../../shared/gate/commands.ts';
import { Grant } from '../../shared/gate/grants.ts';
import { leaveOutNested } from './nested-grants.ts';
import { errnoOf, fileError } from './resolve/errno.ts';

/** Of folders, and of commands. */
export const MAX_GRANTS = 200;
const MAX_FILE_BYTES = 2_000_000;

export const GrantsContent = z.strictObject({
  version: z.literal(1),
  grants: z.array(Grant).max(MAX_GRANTS),
  commands: z.array(CommandGrant).max(MAX_GRANTS).default([]),
});
export type GrantsContent = z.infer<typeof GrantsContent>;

export function grantsFile(home: string): string {
  return join(home, 'grants.json');
}

/** Reads what `home` allows; nothing when there is no file. Throws `grants_damaged` when the file cannot be trusted whole. */
export function loadContent(home: string): GrantsContent {
  const file = grantsFile(home);
  const text = readTrusted(file);
  if (text === null) return { version: 1, grants: [], commands: [] };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw damaged(file, 'it is not valid JSON', cause);
  }
  const parsed = GrantsContent.safeParse(json);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw damaged(file, `it does not have the form that Headgate writes${where === '' ? '' : ` (at ${where})`}`, parsed.error);
  }
  const ids = [...parsed.data.grants, ...parsed.data.commands].map(({ id }) => id);
  if (new Set(ids).size < ids.length) throw damaged(file, 'two grants have the same id');
  for (const grant of parsed.data.grants) leaveOutNested(grant, parsed.data.grants);
  return parsed.data;
}

/** What is another whenever the file was changed. */
export function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  // The time of change covers mode and owner as well.
  return stat === undefined ? 'none' : `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
}

/** The file's text, checked on the open descriptor; `null` when there is no file. */
function readTrusted(file: string): string | null {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return null;
    throw damaged(file, errnoOf(thrown) === 'ELOOP' ? 'it is a link' : 'it cannot be opened', thrown);
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw damaged(file, 'it is not an ordinary file');
    if (stat.size > MAX_FILE_BYTES) throw damaged(file, 'it is far too large');
    const user = process.getuid?.();
    if (user !== undefined && stat.uid !== user) throw damaged(file, 'it belongs to another user');
    if (user !== undefined && (stat.mode & 0o022) !== 0) throw damaged(file, 'other users can write to it');
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

export function saveContent(home: string, content: GrantsContent): void {
  const file = grantsFile(home);
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  const text = `${JSON.stringify(GrantsContent.parse(content), null, 2)}\n`;
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    writeSynced(temporary, text);
    renameSync(temporary, file);
    syncFolder(home);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw fileError(thrown, { what: 'folder', path: '', grantName: home });
  }
}

function writeSynced(path: string, text: string): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0), 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The path is in `next` alone: a message may reach the log of a run, which leaves the device. */
function damaged(file: string, why: string, cause?: unknown): HeadgateError {
  return new HeadgateError(
    'grants_damaged',
    `The file of grants (grants.json) cannot be trusted: ${why}. Nothing is allowed until it is mended.`,
    {
      cause,
      next: `Mend ${file}, or move it away and grant your folders again with: headgate grant FOLDER`,
    },
  );
}
