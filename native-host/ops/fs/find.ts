// fs.find: files by name, over all the grants that it is given, the likeliest first. At home only.
import { HeadgateError } from '../../../shared/errors.ts';
import type { Grant } from '../../../shared/gate/grants.ts';
import { escapeForDisplay } from '../../../shared/gate/names.ts';
import { SCREEN_CAPS } from '../../../shared/gate/release.ts';
import { type Label, strictest } from '../../../shared/gate/labels.ts';
import { openRoot, referenceTo, statFileIn } from '../../gate/resolve.ts';
import { type FoundFile, labelOfFile, takeUp } from '../access.ts';
import type { HitsContent } from '../content.ts';
import type { Op, OpContext } from '../op.ts';
import type { FileReference } from '../../state/stored-handle.ts';
import { eachGrant } from './each-grant.ts';
import { noteOf, type Walk, walkFiles } from './walk.ts';

interface Match {
  path: string;
  rank: number;
}

export const find: Op<'fs.find'> = async ({ query, grants, max }, context) => {
  const wanted = fold(query.trim());
  const words = wanted.split(/\s+/);
  const matches: (Match & { grantIndex: number })[] = [];
  const walks: Walk[] = [];
  const opened = await eachGrant(context, grants, async (grant, isElsewhere, grantIndex) => {
    using root = openRoot(grant);
    walks.push(
      await walkFiles(context, root, (path, name) => {
        const rank = rankName(fold(name), wanted, words);
        if (rank !== null && !isElsewhere(path)) matches.push({ path, rank, grantIndex });
      }),
    );
  });
  matches.sort((a, b) => a.rank - b.rank || a.path.length - b.path.length || (a.path < b.path ? -1 : 1));

  const kept: FoundFile[] = [];
  for (const { path, grantIndex } of matches) {
    const grant = opened.grants[grantIndex];
    if (kept.length >= Math.min(max, SCREEN_CAPS.hits) || grant === undefined) break;
    const found = look(context, grant, path);
    if (found !== null) kept.push({ grant, ...found });
  }
  const handles = takeUp(context, kept);
  const hits = kept.flatMap(({ grant, file: { path } }, index) => {
    const handle = handles[index]?.handle;
    return handle === undefined ? [] : [{ handle, grant: grant.id, path, line: null, excerpt: excerptOf(path) }];
  });
  const content: HitsContent = { total: kept.length < Math.min(max, SCREEN_CAPS.hits) ? kept.length : matches.length, hits };
  const note = [opened.note, noteOf(walks)].filter((part) => part !== undefined).join('; ');
  const outputs = [context.handles.putText('hits', JSON.stringify(content), strictest(kept.map(({ label }) => label)))];
  return note === '' ? { outputs } : { outputs, note };
};

/** A file that was met on the walk, looked at through the gate; `null` when it is gone since, or protected. */
function look(context: OpContext, grant: Grant, path: string): { file: FileReference; label: Label } | null {
  try {
    using root = openRoot(grant);
    const file = { grant, path, facts: statFileIn(root, path) };
    return { file: referenceTo(file), label: labelOfFile(context, file) };
  } catch (thrown) {
    if (thrown instanceof HeadgateError) return null;
    throw thrown;
  }
}

function excerptOf(path: string): string {
  return escapeForDisplay(path.slice(path.lastIndexOf('/') + 1)).slice(0, SCREEN_CAPS.excerptChars);
}

/** How well a folded name fits; smaller is better, `null` is no match. */
export function rankName(name: string, wanted: string, words: readonly string[]): number | null {
  const stem = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : name;
  if (name === wanted || stem === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  const at = name.indexOf(wanted);
  if (at > 0) return /[\p{L}\p{N}]/u.test(name[at - 1] ?? '') ? 3 : 2;
  return words.length > 1 && words.every((word) => name.includes(word)) ? 4 : null;
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
