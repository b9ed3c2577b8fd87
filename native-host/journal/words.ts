// Changes in plain words, with names as a person may safely read them. For this device's screens and terminal only: names
// stay at home.
import { basename, dirname } from 'node:path/posix';
import { escapeForDisplay, quotedName } from '../../shared/gate/names.ts';
import type { Change } from './change.ts';

const MAX_WORDS = 300;

/** What a change did or would do: `move “a.txt” to “Old”`. */
export function wordsOf(change: Change): string {
  const named: Named = (_grant, path, which) => (which === 'own' ? quoted(path) : quotedPath(path));
  return cut(sayChange(change, named));
}

/** How a place is said: where the thing is, or where it comes to. */
export type Named = (grant: Change['grant'], path: string, which: 'own' | 'new') => string;

/** The same, with each place as `name` says it; it gets paths that may safely be read. */
export function sayChange(change: Change, name: Named): string {
  const place = name(change.grant, escapeForDisplay(change.path), 'own');
  switch (change.kind) {
    case 'create':
      return change.copy ? `copy to ${place}` : `create ${place}`;
    case 'replace':
      return `write ${place}`;
    case 'move':
      return `move ${place} to ${name(change.toGrant, escapeForDisplay(change.toPath), 'new')}`;
    case 'mkdir':
      return `make the folder ${place}`;
    case 'trash':
      return `put ${place} in the trash`;
    case 'untrash':
      return `take ${place} out of the trash`;
    case 'rmdir':
      return `take the folder ${place} away`;
    case 'remove':
      return `take ${place} away`;
    default:
      return change satisfies never;
  }
}

export function quoted(path: string): string {
  return quotedName(basename(path), 120);
}

export function quotedPath(path: string): string {
  return quotedName(path, 160);
}

export function folderWords(path: string): string {
  const folder = dirname(path);
  return folder === '.' ? 'the granted folder' : quotedPath(folder);
}

export function cut(text: string): string {
  return text.length <= MAX_WORDS ? text : `${text.slice(0, MAX_WORDS - 1)}…`;
}
