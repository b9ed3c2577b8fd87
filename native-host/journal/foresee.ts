// What a changing step would do, from its own dry run: each change in words with its whole path, the lines that differ where
// content is written, and what a yes to it is bound to. For moves and trash that is what things are, not what they hold.
import type { TargetState } from '../../shared/gate/approvals.ts';
import { endOfPath, quotedName } from '../../shared/gate/names.ts';
import type { DecodedStep } from '../../shared/ops/args.ts';
import type { ApprovalDetail } from '../../shared/protocol/native.ts';
import { type Change as Foreseen, NO_CHANGE } from '../gate/changes.ts';
import { hashOfContent } from '../gate/keyed.ts';
import { lineDiff, MAX_DIFF_CHARS } from '../gate/line-diff.ts';
import { hashFile, openFile, type OpenFile, readFile, referenceTo } from '../gate/resolve.ts';
import { decodeText } from '../ops/decode.ts';
import type { Foresight, HostOp, OpContext } from '../ops/op.ts';
import { fileBehind } from '../state/handles.ts';
import type { Change } from './change.ts';
import { createFolders } from './folders.ts';
import { stateAt } from './target-state.ts';
import { sayChange } from './words.ts';

const MAX_PARTS = 50;
/** Two of each are in a title of 300 characters, and in a part of 600. */
const TITLE_PATH_CHARS = 90;
const PATH_CHARS = 200;
const GRANT_CHARS = 40;
/** A character is at most four bytes. */
const MAX_DIFF_BYTES = 4 * MAX_DIFF_CHARS;

export async function foreseeChanges(step: DecodedStep<HostOp>, changes: readonly Change[], context: OpContext): Promise<Foresight> {
  const parts = changes.map((change) => ({ says: sayIn(change, context, PATH_CHARS) }));
  const written = await contentOf(step, changes, context);
  return {
    title: titleOf(changes, context),
    bytes: written.bytes,
    parts,
    content: written.hashes,
    targets: targetsOf(changes, context),
    show() {
      const shown: Foreseen = { ...NO_CHANGE, parts: parts.slice(0, MAX_PARTS), more: Math.max(0, parts.length - MAX_PARTS) };
      return written.text === null ? shown : { ...shown, ...linesOf(written.text, shown.parts) };
    },
  };
}

function titleOf(changes: readonly Change[], context: OpContext): string {
  const [first] = changes;
  return `${changes.length === 1 && first !== undefined ? sayIn(first, context, TITLE_PATH_CHARS) : `Make ${changes.length} changes to your files`}?`;
}

/** Where from and where to, both: of each the end, where it is too long. */
function sayIn(change: Change, { grants }: OpContext, pathChars: number): string {
  const words = sayChange(change, (grant, path) => `${quotedName(path, pathChars)} in ${endOfPath(grants.grant(grant).name, GRANT_CHARS)}`);
  return words[0]?.toUpperCase() + words.slice(1);
}

/** What is at each place that the changes touch, as it is now. */
function targetsOf(changes: readonly Change[], context: OpContext): TargetState[] {
  using folders = createFolders(context.grants);
  return changes.flatMap((change) => {
    // Below a folder that is yet to be made there is nothing to look at.
    if (change.kind === 'mkdir' && change !== changes[0]) return [{ grant: change.grant, path: change.path, is: null }];
    const own = stateAt(folders, change.grant, change.path);
    return change.kind === 'move' ? [own, stateAt(folders, change.toGrant, change.toPath)] : [own];
  });
}

interface Written {
  hashes: string[];
  bytes: number;
  text: { before: string | null; after: string; tooLarge: boolean; of: Foreseen['lines'][number]['of'] } | null;
}

/** What is written, and what that takes the place of; nothing for steps that only give names. */
async function contentOf({ op, args }: DecodedStep<HostOp>, changes: readonly Change[], context: OpContext): Promise<Written> {
  const [change] = changes;
  const id = 'content' in args ? args.content[0] : undefined;
  if (id === undefined || change === undefined) return { hashes: [], bytes: 0, text: null };
  const given = context.handles.get(id);
  const after = context.handles.text(id);
  const hashes = [hashOfContent(after)];
  const bytes = Buffer.byteLength(after);
  if (change.kind !== 'replace') {
    const of = fileBehind(context.journal.store, given, context.now());
    return { hashes, bytes, text: { before: '', after, tooLarge: false, of } };
  }
  using file = openFile(context.grants.grant(change.grant), change.path);
  hashes.push(await hashFile(file));
  const tooLarge = file.facts.size > MAX_DIFF_BYTES;
  // What is there stays when text is added to it.
  const before = op === 'fs.append' ? '' : tooLarge ? null : textOf(file);
  return { hashes, bytes, text: { before, after, tooLarge, of: referenceTo(file) } };
}

function textOf(file: OpenFile): string | null {
  return decodeText(readFile(file, MAX_DIFF_BYTES));
}

/** The lines that differ; where not all of it can be shown, the part says so. */
function linesOf({ before, after, tooLarge, of }: NonNullable<Written['text']>, parts: ApprovalDetail['parts']): Partial<Foreseen> {
  const diff = lineDiff(before ?? '', after);
  const why = tooLarge
    ? 'The file is too large for its lines to be compared.'
    : before === null
      ? 'What is there now is not text, so what would be lost cannot be shown.'
      : diff === null
        ? 'The text is too large, or too different from what is there, to be shown line by line.'
        : diff.cut > 0
          ? `${diff.cut} more differing lines than can be shown.`
          : undefined;
  const [first, ...rest] = parts;
  return {
    parts: first === undefined || why === undefined ? parts : [{ ...first, uninspectable: why }, ...rest],
    lines: (diff?.lines ?? []).map((line) => ({ part: 0, ...line, of })),
    cut: diff?.cut ?? 0,
  };
}
