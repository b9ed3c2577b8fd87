// The tools that change files, and the two that show changes and take them back. All of it goes through the journal.
import * as z from 'zod';
import { HeadgateError } from '../../../shared/errors.ts';
import { openFile, readFile } from '../../gate/resolve.ts';
import { MAX_READ_BYTES, refuseLooserLabel, refuseShownName } from '../../ops/access.ts';
import type { Place } from '../areas.ts';
import type { Change } from '../changes.ts';
import { applyEdits, formatDiff, unixLines } from '../edits.ts';
import { textOf } from './read.ts';
import { type Answer, READS, type Services, tool } from './tool.ts';

const MAX_EDITS = 500;
const LISTED = 20;

async function writeFile({ path, content }: { path: string; content: string }, { areas, changes }: Services): Promise<Answer> {
  const bytes = Buffer.from(content);
  if (bytes.length > MAX_READ_BYTES)
    throw new HeadgateError('too_large', `The content is larger than the ${MAX_READ_BYTES / 1e6} MB that one file may have here.`);
  await changes.write(areas.locate(path, 'write'), bytes);
  return { text: `Successfully wrote to ${path}` };
}

const Edits = z.object({
  path: z.string(),
  edits: z
    .array(
      z.object({
        oldText: z.string().describe('Text to search for - must match exactly'),
        newText: z.string().describe('Text to replace with'),
      }),
    )
    .max(MAX_EDITS),
  dryRun: z.boolean().default(false).describe('Preview changes using git-style diff format'),
});

/** The diff shows lines of the file, and that an edit fits nowhere tells of them too: either passes the gate before anything is changed. */
async function editFile({ path, edits, dryRun }: z.infer<typeof Edits>, { areas, giver, changes }: Services): Promise<Answer> {
  const place = areas.locate(path, 'read');
  if (!dryRun) areas.locate(path, 'write');
  giver.refuseHome(place);
  using file = openFile(place.grant, place.path);
  giver.refuseHome(place, file.facts);
  const before = unixLines(textOf(readFile(file, MAX_READ_BYTES)));
  const edited = applyEdits(before, edits);
  const text = 'misfit' in edited ? edited.misfit : formatDiff(before, edited.text, areas.absoluteOf(place));
  const [told = ''] = await giver.give('edit_file', [{ file: { ...place, facts: file.facts }, text, whole: `${before}\n${text}` }]);
  if ('misfit' in edited) throw new HeadgateError('invalid_params', told);
  if (!dryRun) await changes.write(place, Buffer.from(edited.text), file.facts);
  return { text: told };
}

async function createDirectory({ path }: { path: string }, { areas, changes }: Services): Promise<Answer> {
  await changes.makeFolder(areas.locate(path, 'write'));
  return { text: `Successfully created directory ${path}` };
}

async function moveFile({ source, destination }: { source: string; destination: string }, { areas, changes }: Services): Promise<Answer> {
  const [from, to] = [areas.locate(source, 'write'), areas.locate(destination, 'write')];
  refuseLooser(areas, from, to);
  await changes.move(from, to);
  return { text: `Successfully moved ${source} to ${destination}` };
}

/** What is said of a place goes for what is in it: a file is not moved out of a stricter label, nor a folder away from its grant. */
function refuseLooser(areas: Services['areas'], from: Place, to: Place): void {
  refuseLooserLabel(areas.labelOf(from), areas.labelOf(to));
  refuseShownName(areas.namesOf(from), areas.namesOf(to));
  if (from.path !== '' && areas.holdsGrant(from))
    throw new HeadgateError('label_refused', 'This folder is granted by itself, or holds one that is, so it stays where it is.');
}

async function undoLast(_args: unknown, services: Services): Promise<Answer> {
  const undone = await services.changes.undoLast((from, to) => refuseLooser(services.areas, from, to));
  if (undone === null) return { text: 'There is nothing to undo.' };
  return { text: `Undone: ${describe(undone.change, services)}\n${undone.says.join('\n')}` };
}

async function listChanges({ limit }: { limit: number }, services: Services): Promise<Answer> {
  const lines = services.changes
    .list(limit)
    .map((change) => `${new Date(change.at).toISOString()} ${describe(change, services)}${change.state === 'undone' ? ' (undone)' : ''}`);
  return { text: lines.length === 0 ? 'No changes yet.' : lines.join('\n') };
}

function describe({ kind, place, to }: Change, { areas }: Services): string {
  return `${kind} ${areas.absoluteOf(place)}${to === undefined ? '' : ` -> ${areas.absoluteOf(to)}`}`;
}

const CHANGES = { readOnlyHint: false, openWorldHint: false } as const;

export const CHANGE_TOOLS = [
  tool({
    name: 'write_file',
    title: 'Write File',
    description:
      'Create a new file or completely overwrite an existing file with new content. The earlier version is kept, and undo_last brings it back. ' +
      'Only works within allowed directories.',
    input: z.object({ path: z.string(), content: z.string() }),
    annotations: { ...CHANGES, idempotentHint: true, destructiveHint: true },
    run: writeFile,
  }),
  tool({
    name: 'edit_file',
    title: 'Edit File',
    description:
      'Make line-based edits to a text file. Each edit replaces exact line sequences with new content. Returns a git-style diff showing the changes made. ' +
      'The earlier version is kept, and undo_last brings it back. Only works within allowed directories.',
    input: Edits,
    annotations: { ...CHANGES, idempotentHint: false, destructiveHint: true },
    run: editFile,
  }),
  tool({
    name: 'create_directory',
    title: 'Create Directory',
    description:
      'Create a new directory or ensure a directory exists. Can create multiple nested directories in one operation. If the directory already exists, ' +
      'this operation will succeed silently. Only works within allowed directories.',
    input: z.object({ path: z.string() }),
    annotations: { ...CHANGES, idempotentHint: true, destructiveHint: false },
    run: createDirectory,
  }),
  tool({
    name: 'move_file',
    title: 'Move File',
    description:
      'Move or rename files and directories. If the destination exists, the operation will fail. undo_last moves back. Both source and destination must ' +
      'be within allowed directories.',
    input: z.object({ source: z.string(), destination: z.string() }),
    annotations: { ...CHANGES, idempotentHint: false, destructiveHint: true },
    run: moveFile,
  }),
  tool({
    name: 'undo_last',
    title: 'Undo Last Change',
    description:
      'Take the last change back that was made through this server and is not undone yet. Call it again to go further back. A file that was changed ' +
      'by someone else since is left as it is.',
    input: z.object({}),
    annotations: { ...CHANGES, idempotentHint: false, destructiveHint: true },
    run: undoLast,
  }),
  tool({
    name: 'list_changes',
    title: 'List Changes',
    description: 'List the changes that were made through this server, newest first.',
    input: z.object({ limit: z.number().int().min(1).max(500).default(LISTED) }),
    annotations: READS,
    run: listChanges,
  }),
];
