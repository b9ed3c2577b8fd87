// Browsers on this machine in which the extension can be opened: CHROME_PATH first, then the table's.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { BROWSER_IDS, browserRow, findProgram, type System, thisSystem } from '../install/browsers.ts';

export interface FoundBrowser {
  name: string;
  program: string;
  /** Why it cannot be used, where that is known before it is tried. */
  refuses?: string;
}

const SMALL_SCRIPT = 20_000;

/** The candidates in the order in which they are tried. */
export function findBrowsers(system: System = thisSystem()): FoundBrowser[] {
  const found: FoundBrowser[] = [];
  const chosen = system.env.CHROME_PATH;
  if (chosen) found.push({ name: `CHROME_PATH (${chosen})`, program: chosen });
  for (const id of BROWSER_IDS) {
    const row = browserRow(id);
    const program = row.opens ? findProgram(id, system) : null;
    if (program !== null)
      found.push({ name: row.name, program, ...(isSnap(program) && { refuses: 'it is a snap, which cannot start native hosts' }) });
  }
  return found;
}

/** A snap by its place, or a small script that only starts one. */
function isSnap(program: string): boolean {
  try {
    const real = realpathSync(program);
    if (/(^|\/)snap(\/|$)/.test(real)) return true;
    return statSync(real).size < SMALL_SCRIPT && readFileSync(real, 'utf8').includes('/snap/');
  } catch {
    return false;
  }
}
