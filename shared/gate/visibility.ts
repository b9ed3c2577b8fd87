// What of a grant's folder is there at all. A grant may leave things out by globs; for everyone who comes through it, what
// is left out does not exist. Pure; the host asks at the one place where paths become files (native-host/gate/resolve.ts).
//
// Globs are relative to the grant's folder, `/` between names. One without `/` means names at any depth, as in .gitignore:
// `*.key`, `Taxes`. What fits a folder fits all that is in it. An exclude beats an include.
//
// An exclude is compared in every spelling that some file system takes for the same name (fold-path.ts): it leaves out
// more. An include is compared as it is written, but for its Unicode normal form: it lets in less.
import * as z from 'zod';
import { foldPath, foldText } from './fold-path.ts';
import { compileGlob, compileGlobLead, type Matches } from './glob.ts';

export const MAX_GLOBS = 100;

/** One glob of a grant. */
export const Glob = z
  .string()
  .min(1)
  .max(200)
  .superRefine((pattern, context) => {
    const problem = globProblem(pattern);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

/** What is wrong with a glob, for people, or `null`. */
export function globProblem(pattern: string): string | null {
  if (pattern.trim() === '' || pattern.length > 200) return 'a glob has 1 to 200 characters';
  if (/[\p{Cc}\p{Cs}]/u.test(pattern)) return 'a glob has no control characters';
  if (pattern.includes('\\')) return 'a glob has / between names, not \\';
  if (pattern.startsWith('/')) return 'a glob is relative to the granted folder: take the / at its beginning away';
  if (pattern.split('/').some((segment) => segment === '..')) return 'a glob does not lead out of its folder: take the .. away';
  if (bareOf(pattern).split('/').includes('')) return 'a glob has a name between any two /';
  try {
    compileGlob(pattern);
    return null;
  } catch (thrown) {
    return thrown instanceof TypeError ? thrown.message : String(thrown);
  }
}

export interface Visibility {
  /** Whether a file of this path, relative to the grant, is there. */
  file(path: string): boolean;
  /** Whether a folder is: also one that only may hold something that is. */
  folder(path: string): boolean;
  /** Whether an exclude leaves it out, whatever the includes say. */
  excluded(path: string): boolean;
  /** Whether nothing can be left out. */
  readonly whole: boolean;
}

const WHOLE: Visibility = { file: () => true, folder: () => true, excluded: () => false, whole: true };

/** Compiles a grant's globs. Throws a TypeError for a glob that `globProblem` refuses. */
export function compileVisibility({ include, exclude }: { include: readonly string[]; exclude: readonly string[] }): Visibility {
  if (include.length === 0 && exclude.length === 0) return WHOLE;
  const excludes = exclude.map(compileExclude);
  const includes = include.map((pattern) => compileGlob(anchored(pattern).normalize('NFC')));
  const leads = include.map((pattern) => compileGlobLead(anchored(pattern).normalize('NFC')));
  const excluded = excludes.length === 0 ? () => false : remembering((path) => excludes.some((fits) => fits(path)));
  const included = (path: string): boolean =>
    includes.length === 0 || pathAndAbove(path.normalize('NFC')).some((each) => includes.some((fits) => fits(each)));
  return {
    whole: false,
    excluded,
    file: (path) => !excluded(path) && included(path),
    folder: (path) => path === '' || (!excluded(path) && (included(path) || leads.some((leadsOn) => leadsOn(path.normalize('NFC'))))),
  };
}

/** Folders whose answer is remembered: the same are on the way to many files. */
const MAX_REMEMBERED = 1_000;

/** Whether a path, or any folder above it, fits. */
function remembering(fits: Matches): Matches {
  const folders = new Map<string, boolean>();
  const above = (folder: string): boolean => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const found = anywhere(folder);
    if (folders.size >= MAX_REMEMBERED) folders.clear();
    folders.set(folder, found);
    return found;
  };
  const anywhere = (path: string): boolean => {
    const slash = path.lastIndexOf('/');
    return (slash > 0 && above(path.slice(0, slash))) || (path !== '' && fits(path));
  };
  return anywhere;
}

/** Fits a path in any of the ways in which a file system may compare it; each spelling is tried once. */
function compileExclude(pattern: string): Matches {
  const [plain, lower, folded] = [anchored(pattern), anchored(pattern.normalize('NFC').toLowerCase()), anchored(foldText(pattern))];
  const [asWritten, inLower, inFolded] = [compileGlob(plain), compileGlob(lower), compileGlob(folded)];
  const isFolded = plain === folded && lower === folded;
  return (path) => {
    const lowered = path.normalize('NFC').toLowerCase();
    const [text, whole] = [foldText(path), foldPath(`/${path}`).slice(1)];
    if (inFolded(whole) || (text !== whole && inFolded(text))) return true;
    // Where pattern and path are what folding makes of them, this was the same question.
    return !(isFolded && path === whole && lowered === whole) && (asWritten(path) || inLower(lowered));
  };
}

/** `a/b/c` → itself, `a/b`, `a`. */
function pathAndAbove(path: string): string[] {
  const all: string[] = [];
  for (let at = path; at !== ''; at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '') all.push(at);
  return all;
}

/** A glob without `/` means names at any depth; one with a `/` at its end means the folder of that name. */
function anchored(pattern: string): string {
  const bare = bareOf(pattern);
  return bare.includes('/') ? bare : `**/${bare}`;
}

function bareOf(pattern: string): string {
  return pattern.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
}
