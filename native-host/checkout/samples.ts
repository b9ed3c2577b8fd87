// The bundled samples as a folder of the person's own: copied, never used in place.
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SAMPLES } from './places.ts';

export const SAMPLE_PAGE = join(SAMPLES, 'article.html');

/** Copies the documents to `folder` unless it is there already. */
export function copySampleDocuments(folder: string): void {
  if (existsSync(folder)) return;
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  cpSync(join(SAMPLES, 'documents'), folder, { recursive: true });
}
