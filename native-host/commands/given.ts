// What a command is given: its folder and the files on its command line, opened through the gate, with what may leave of
// all that together. Held open until it has ended.
import { basename, dirname } from 'node:path/posix';
import { HeadgateError } from '../../shared/errors.ts';
import type { FilePiece, Piece } from '../../shared/gate/command-arguments.ts';
import type { CommandGrant } from '../../shared/gate/commands.ts';
import { type Label, strictest } from '../../shared/gate/labels.ts';
import type { GrantId } from '../../shared/ids.ts';
import type { Source } from '../../shared/ops/args.ts';
import { anchored, look } from '../gate/resolve/anchored.ts';
import { type OpenFile, type OpenFolder, openFile, openFolder, realPathOf } from '../gate/resolve.ts';
import { grantsWithin, grantWith, labelOfFile, locate, refuseChanged, refuseLooserLabel, saidOfFolder } from '../ops/access.ts';
import type { OpContext } from '../ops/op.ts';
import { INPUT_FOLDER } from './bubblewrap.ts';

export interface Given extends Disposable {
  folder: OpenFolder | null;
  /** What the folder's own grants say, before hard links are looked for. */
  folderLabel: Label;
  /** Files from elsewhere, where they are to be found in the jail. */
  inputs: readonly { file: OpenFile; at: string }[];
  inputLabel: Label;
  /** The words, for a command in the jail and for one that sees everything. */
  words(jailed: boolean): string[];
  /** Files that it is to make, by their path in the folder's grant. */
  makes: readonly { grant: GrantId; path: string }[];
}

/** Opens everything. Throws what the gate says, and `label_refused` where it would come to a place from which more may leave. */
export function openGiven(command: CommandGrant, pieces: readonly Piece[], targets: readonly Source[], context: OpContext): Given {
  using opened = new DisposableStack();
  const grant = command.folder === null ? null : grantWith(context, command.folder.grant, command.write ? 'write' : 'read');
  const folder = grant === null || command.folder === null ? null : opened.use(openFolder(grant, command.folder.path));
  const folderLabel = folder === null ? 'open' : labelAround(context, folder);
  const inputs: { file: OpenFile; at: string }[] = [];
  const makes: { grant: GrantId; path: string }[] = [];

  const inFolder = (path: string): string => {
    if (command.folder === null) throw new HeadgateError('invalid_params', 'This command has no folder, so its files come by handle.');
    // Put together as it is: the gate refuses every part that leads up or nowhere.
    return command.folder.path === '' ? path : `${command.folder.path}/${path}`;
  };
  const words = pieces.map((piece): ((jailed: boolean) => string) => {
    if ('word' in piece) return () => piece.word;
    const { prefix, use, from } = piece.file;
    if (use === 'read' && !isOfFolder(command, piece.file)) {
      const file = opened.use(openInput(from, targets, context));
      const at = `${INPUT_FOLDER}/${inputs.length}/${basename(file.path)}`;
      inputs.push({ file, at });
      return (jailed) => prefix + (jailed ? at : realPathOf(file));
    }
    const path = 'path' in from ? from.path : '';
    const within = inFolder(path);
    // The gate says whether the path is one; what it opens is the folder's, which the command sees itself.
    if (use === 'read') openFile(folderGrant(folder), within)[Symbol.dispose]();
    else makes.push(checkNew(folderGrant(folder), within, use));
    return () => `${prefix}./${path}`;
  });
  const inputLabel = strictest(inputs.map(({ file }) => labelOfFile(context, file)));
  // It may write anywhere in its folder, also where nothing but the folder's own label holds.
  if (command.write && folder !== null)
    refuseLooserLabel(strictest([inputLabel, folderLabel]), saidOfFolder(context, folder.grant, folder.path).label);
  const held = opened.move();
  return {
    folder,
    folderLabel,
    inputs,
    inputLabel,
    makes,
    words: (jailed) => words.map((word) => word(jailed)),
    [Symbol.dispose]: () => held.dispose(),
  };
}

/** The strictest label of every grant around the folder, and of every one in it: a command may read all of that. */
function labelAround(context: OpContext, folder: OpenFolder): Label {
  const inside = grantsWithin(context.grants, folder.grant, folder.path).map(({ label }) => label);
  return strictest([saidOfFolder(context, folder.grant, folder.path).label, ...inside]);
}

function isOfFolder(command: CommandGrant, { from }: FilePiece): boolean {
  return 'path' in from && (from.grant === null || from.grant === command.folder?.grant);
}

function openInput(from: FilePiece['from'], targets: readonly Source[], context: OpContext): OpenFile {
  const source = 'path' in from ? (from.grant === null ? undefined : { grant: from.grant, path: from.path }) : targets[from.target];
  if (source === undefined) throw new HeadgateError('invalid_params', 'An argument names a file that this step was not given.');
  const located = locate(context, source, 'read');
  const file = openFile(located.grant, located.path);
  try {
    refuseChanged(located, file.facts);
    return file;
  } catch (thrown) {
    file[Symbol.dispose]();
    throw thrown;
  }
}

function folderGrant(folder: OpenFolder | null): OpenFolder['grant'] {
  if (folder === null) throw new HeadgateError('invalid_params', 'This command has no folder.');
  return folder.grant;
}

/** A file that the command is to make: its folder is there, and nothing is in the way that it was not told to replace. */
function checkNew(grant: OpenFolder['grant'], path: string, use: 'write' | 'replace'): { grant: GrantId; path: string } {
  using parent = openFolder(grant, dirname(path) === '.' ? '' : dirname(path));
  const spot = { folder: parent, name: basename(path) };
  const there = look(spot);
  if (there !== null && (use === 'write' || !there.isFile()))
    throw new HeadgateError('name_taken', 'There is already something of the name that the command is to make.', {
      next: 'Choose another name.',
    });
  // What nobody changes, and what the grant leaves out, is refused here as it is where Headgate itself writes.
  anchored(spot);
  return { grant: grant.id, path };
}
