// The product's own source files and what they import.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PROGRAMS = ['shared', 'native-host', 'cloud', 'extension'] as const;

export interface SourceFile {
  /** From the root, with `/`. */
  path: string;
  program: (typeof PROGRAMS)[number];
  text: string;
  /** What it imports, types and dynamic imports included. */
  imports: { from: string; clause: string }[];
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\s+([^'";]*?)\s*from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g;

export function readSources(): SourceFile[] {
  return PROGRAMS.flatMap((program) =>
    readdirSync(join(ROOT, program), { recursive: true, encoding: 'utf8' })
      .map((path) => `${program}/${path.replaceAll('\\', '/')}`)
      .filter((path) => /\.(ts|tsx|mjs)$/.test(path))
      .sort()
      .map((path) => {
        const text = readFileSync(join(ROOT, path), 'utf8');
        const imports = [...text.matchAll(IMPORT)].map(([, clause, from, effect, dynamic]) => ({
          from: from ?? effect ?? dynamic ?? '',
          clause: clause ?? '',
        }));
        return { path, program, text, imports };
      }),
  );
}

/** `node:fs/promises` → `node:fs`, `@scope/name/part` → `@scope/name`, `name/part` → `name`. */
export function packageOf(from: string): string {
  const parts = from.split('/');
  return from.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}
