// Takes away exactly what install wrote: files that are still ours, folders that it made and that are empty again, registry
// keys. `findLeftovers` proves it by looking at every place of the table.
import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { runProcess } from '../spawn.ts';
import { BROWSER_IDS, type System } from './browsers.ts';
import { MANIFEST_FILE } from './manifest.ts';
import { lookAtManifest } from './own-manifest.ts';
import { launcherFile, type ManifestPlace, placesOf } from './places.ts';
import { loadRecord, saveRecord } from './record.ts';

const REG_DEADLINE_MS = 10_000;

/** The files that would go, for all browsers or those of `places` alone; the launcher goes with the last manifest. */
export function planUninstall(home: string, system: System, places: readonly ManifestPlace[] | null): string[] {
  const record = loadRecord(home);
  const launcher = launcherFile(home, system);
  const manifests = record.files.filter((file) => file !== launcher);
  const going = places === null ? manifests : manifests.filter((file) => places.some((place) => place.file === file));
  const launcherGoes = going.length === manifests.length && record.files.includes(launcher);
  return [...going, ...(launcherGoes ? [launcher] : [])].filter(existsSync);
}

/** Removes those files and what goes with them. Gives the files that were left because they are another's by now. */
export async function applyUninstall(home: string, system: System, files: readonly string[]): Promise<string[]> {
  const record = loadRecord(home);
  const launcher = launcherFile(home, system);
  const foreign = files.filter((file) => file !== launcher && lookAtManifest(file, launcher).owner === 'other');
  for (const file of files) if (!foreign.includes(file)) rmSync(file, { force: true });
  const left = record.files.filter((file) => !files.includes(file) && existsSync(file));
  const all = left.length === 0;
  if (all) for (const key of record.registry) await removeRegistryKey(key);
  const folders = [...record.folders].sort((a, b) => b.length - a.length).filter((folder) => !removeIfEmpty(folder));
  saveRecord(home, { version: 1, files: left, folders: all ? [] : folders, registry: all ? [] : record.registry });
  return foreign;
}

export interface Leftover {
  file: string;
  says: string;
}

/** Every file of the host's name at any place of the table, in the record or beside `extra`, and the launcher. */
export function findLeftovers(home: string, system: System, extra: readonly ManifestPlace[]): Leftover[] {
  const launcher = launcherFile(home, system);
  const known = [...BROWSER_IDS.flatMap((id) => placesOf(id, home, system)), ...extra].map((place) => place.file);
  const recorded = loadRecord(home).files.filter((file) => file.endsWith(MANIFEST_FILE));
  const leftovers: Leftover[] = existsSync(launcher) ? [{ file: launcher, says: 'the launcher' }] : [];
  for (const file of new Set([...known, ...recorded])) {
    const found = lookAtManifest(file, launcher);
    if (found.owner !== 'nobody')
      leftovers.push({
        file,
        says: found.owner === 'us' ? 'a manifest of this installation' : `another installation's manifest: ${found.says}`,
      });
  }
  return leftovers;
}

function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(dirname(folder)) || !existsSync(folder);
  }
}

async function removeRegistryKey(key: string): Promise<void> {
  await runProcess('reg.exe', ['delete', key, '/f'], { deadlineMs: REG_DEADLINE_MS, maxOutputBytes: 10_000 });
}
