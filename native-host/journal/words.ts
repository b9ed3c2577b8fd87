// Changes in plain words, with names as a person may safely read them. For this device's screens and terminal only: names
// stay at home.
import { basename, dirname } from 'node:path/posix';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import type { Change } from './change.ts';

const MAX_WORDS = 300;

/** What a change did or would do: `move “a.txt” to “Old”`. */
export function wordsOf(change: Change): string {
  return cut(says(change));
}

function says(change: Change): string {
  const name = quoted(change.path);
  switch (change.kind) {
    case 'create':
      return change.copy ? `copy to ${name}` : `create ${name}`;
    case 'replace':
      return `write ${name}`;
    case 'move':
      return `move ${name} to ${quotedPath(change.toPath)}`;
    case 'mkdir':
      return `make the folder ${name}`;
    case 'trash':
      return `put ${name} in the trash`;
    case 'untrash':
      return `take ${name} out of the trash`;
    case 'rmdir':
      return `take the folder ${name} away`;
    case 'remove':
      return `take ${name} away`;
    default:
      return change satisfies never;
  }
}

export function quoted(path: string): string {
  return `“${escapeForDisplay(basename(path)).slice(0, 120)}”`;
}

export function quotedPath(path: string): string {
  return `“${escapeForDisplay(path).slice(0, 160)}”`;
}

export function folderWords(path: string): string {
  const folder = dirname(path);
  return folder === '.' ? 'the granted folder' : quotedPath(folder);
}

export function cut(text: string): string {
  return text.length <= MAX_WORDS ? text : `${text.slice(0, MAX_WORDS - 1)}…`;
}
