// What install wrote, so that uninstall can take away exactly that.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import { writeFileAtomic } from '../state/write-file.ts';

export const InstallRecord = z.object({
  version: z.literal(1),
  /** Manifests and launchers, absolute. */
  files: z.array(z.string().min(1).max(8192)).max(200),
  /** Folders that did not exist before. */
  folders: z.array(z.string().min(1).max(8192)).max(200),
  registry: z.array(z.string().min(1).max(1000)).max(200),
});
export type InstallRecord = z.infer<typeof InstallRecord>;

export function recordFile(home: string): string {
  return join(home, 'install.json');
}

/** The record, empty when nothing was installed. Throws `state_damaged` for one that is not ours any more. */
export function loadRecord(home: string): InstallRecord {
  let text: string;
  try {
    text = readFileSync(recordFile(home), 'utf8');
  } catch {
    return { version: 1, files: [], folders: [], registry: [] };
  }
  try {
    return InstallRecord.parse(JSON.parse(text));
  } catch (cause) {
    throw new HeadgateError('state_damaged', `The record of what was installed, ${recordFile(home)}, cannot be read.`, {
      cause,
      next: 'Move it away; "headgate uninstall --verify" then finds what is left.',
    });
  }
}

/** Saves the record; an empty one is removed. */
export function saveRecord(home: string, record: InstallRecord): void {
  if (record.files.length === 0 && record.registry.length === 0) rmSync(recordFile(home), { force: true });
  else writeFileAtomic(recordFile(home), `${JSON.stringify(record, null, 2)}\n`, 0o600);
}
