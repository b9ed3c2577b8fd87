// Programs of the system that the host makes use of where they are there. None is needed to start; each check says what does
// not work without it.
import { existsSync } from 'node:fs';
import type { Check } from '../../shared/protocol/native.ts';
import { findInPath, type System } from './browsers.ts';

interface ToolRow {
  id: string;
  layer: Check['layer'];
  /** Any one of these will do. */
  programs: Partial<Record<NodeJS.Platform, readonly string[]>>;
  found: string;
  missing: string;
  next: string;
}

const TOOLS: readonly ToolRow[] = [
  {
    id: 'host.opener',
    layer: 'host',
    programs: { linux: ['xdg-open'], darwin: ['open'] },
    found: 'Files can be opened in their own programs',
    missing: 'There is no xdg-open, so files cannot be opened in their own programs.',
    next: 'Install the package xdg-utils.',
  },
  {
    id: 'host.chooser',
    layer: 'host',
    programs: { linux: ['zenity', 'kdialog'], darwin: ['osascript'] },
    found: 'Folders can be chosen in a dialog',
    missing: 'There is neither zenity nor kdialog, so folders cannot be chosen in a dialog.',
    next: 'Install zenity, or grant folders in the terminal: headgate grant DIR',
  },
  {
    id: 'host.isolation',
    layer: 'host',
    programs: { linux: ['bwrap'] },
    found: "A person's own jobs can run cut off from network and files",
    missing: "There is no bubblewrap, so a person's own jobs cannot be cut off from network and files.",
    next: 'Install the package bubblewrap.',
  },
];

/** One row a tool that this system can have. */
export function checkTools(system: System, exists: (path: string) => boolean = existsSync): Check[] {
  return TOOLS.flatMap(({ id, layer, programs, found, missing, next }): Check[] => {
    const wanted = programs[system.platform];
    if (wanted === undefined) return [];
    const path = wanted.map((program) => findInPath(program, system, exists)).find((each) => each !== null);
    return [path ? { id, layer, status: 'ok', says: `${found} (${path}).` } : { id, layer, status: 'warn', says: missing, next }];
  });
}

/** The search program that comes with the installation. */
export async function checkSearch(): Promise<Check> {
  const path = await import('@vscode/ripgrep').then(
    ({ rgPath }) => rgPath,
    () => null,
  );
  return path !== null && existsSync(path)
    ? { id: 'host.search', layer: 'host', status: 'ok', says: `The search program is ${path}.` }
    : {
        id: 'host.search',
        layer: 'host',
        status: 'fail',
        says: 'The search program (ripgrep) is not there.',
        next: 'Install Headgate again, with its optional packages.',
      };
}
