// Whose the manifest at a place is: one host name has one owner, and another Headgate's manifest is never taken silently.
import { readFileSync } from 'node:fs';
import type { Manifest } from './manifest.ts';
import { parseManifest } from './manifest.ts';

export type Found = { owner: 'nobody' } | { owner: 'us'; manifest: Partial<Manifest>; text: string } | { owner: 'other'; says: string };

/** Looks at the manifest `file`; it is ours when it starts `launcher`. */
export function lookAtManifest(file: string, launcher: string): Found {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? { owner: 'nobody' } : { owner: 'other', says: `it cannot be read (${code})` };
  }
  const manifest = parseManifest(text);
  if (manifest === null) return { owner: 'other', says: 'it is not JSON' };
  return manifest.path === launcher ? { owner: 'us', manifest, text } : { owner: 'other', says: `it starts ${String(manifest.path)}` };
}
