// Registers the host: a launcher in Headgate's own folder and a manifest in each browser's. First a plan that says every
// file, which the person sees; then exactly that plan is carried out. Nothing else is written anywhere.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import { runProcess } from '../spawn.ts';
import { writeFileAtomic } from '../state/write-file.ts';
import type { System } from './browsers.ts';
import { type LauncherFacts, launcherText } from './launcher.ts';
import { makeManifest, manifestText } from './manifest.ts';
import { lookAtManifest } from './own-manifest.ts';
import { launcherFile, type ManifestPlace } from './places.ts';
import { loadRecord, saveRecord } from './record.ts';

export interface PlannedWrite {
  file: string;
  text: string;
  mode: number;
  /** `same`: nothing to do. */
  does: 'create' | 'change' | 'same';
  registry: readonly string[];
}

export interface InstallPlan {
  home: string;
  writes: PlannedWrite[];
}

const REG_DEADLINE_MS = 10_000;

/** What registering at `places` would write. Throws `conflict` where another Headgate's manifest lies. */
export function planInstall(facts: LauncherFacts, places: readonly ManifestPlace[], system: System): InstallPlan {
  const launcher = launcherFile(facts.home, system);
  const writes = [plannedWrite(launcher, launcherText(facts, system.platform), 0o700, [])];
  for (const { file, family, registry } of places) {
    const found = lookAtManifest(file, launcher);
    if (found.owner === 'other') {
      throw new HeadgateError('conflict', `${file} belongs to another installation: ${found.says}.`, {
        next: 'Uninstall that one first, or remove the file.',
      });
    }
    writes.push(plannedWrite(file, manifestText(makeManifest(family, launcher)), 0o644, registry));
  }
  return { home: facts.home, writes };
}

function plannedWrite(file: string, text: string, mode: number, registry: readonly string[]): PlannedWrite {
  return { file, text, mode, registry, does: existsSync(file) ? (readFileSync(file, 'utf8') === text ? 'same' : 'change') : 'create' };
}

/** Carries the plan out, the record first, so that a cut in between leaves nothing that uninstall does not know. */
export async function applyInstall(plan: InstallPlan): Promise<void> {
  mkdirSync(plan.home, { recursive: true, mode: 0o700 });
  const record = loadRecord(plan.home);
  const files = plan.writes.map((write) => write.file);
  const folders = files.flatMap((file) => missingFolders(dirname(file)));
  saveRecord(plan.home, {
    version: 1,
    files: [...new Set([...record.files, ...files])],
    folders: [...new Set([...record.folders, ...folders])],
    registry: [...new Set([...record.registry, ...plan.writes.flatMap((write) => write.registry)])],
  });
  for (const { file, text, mode, registry } of plan.writes) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileAtomic(file, text, mode);
    for (const key of registry) await addRegistryKey(key, file);
  }
}

/** Folders on the way to `folder` that are not there, outermost first. */
function missingFolders(folder: string): string[] {
  if (existsSync(folder)) return [];
  return [...missingFolders(dirname(folder)), folder];
}

async function addRegistryKey(key: string, file: string): Promise<void> {
  const { how, code, stderr } = await runProcess('reg.exe', ['add', key, '/ve', '/t', 'REG_SZ', '/d', file, '/f'], {
    deadlineMs: REG_DEADLINE_MS,
    maxOutputBytes: 10_000,
  });
  if (how !== 'exited' || code !== 0)
    throw new HeadgateError('no_permission', `The registry key ${key} cannot be written: ${stderr.trim() || how}`);
}
