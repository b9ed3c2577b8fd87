// Looks for a planted word in every byte of a folder: as it is, in any case, and inside gzipped files.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The files in which the word is. */
export function findInFolder(folder: string, word: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    const texts = [bytes.toString('latin1')];
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) texts.push(gunzipSync(bytes).toString('latin1'));
    if (texts.some((text) => text.toLowerCase().includes(word.toLowerCase()))) found.push(file);
  }
  return found;
}
