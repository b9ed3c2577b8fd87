// fs.list: the files of a granted folder and all below it, as handles, sorted by path.
import { HeadgateError } from '../../../shared/errors.ts';
import { type Label, narrowsLabel } from '../../../shared/gate/labels.ts';
import { type OpenFolder, openFolder, openRoot, referenceTo, statFileIn } from '../../gate/resolve.ts';
import { type FoundFile, grantWith, labelOfFile, saidOfFolder, takeUp } from '../access.ts';
import type { Op, OpContext } from '../op.ts';
import type { FileReference } from '../../state/stored-handle.ts';
import { isDocument } from './documents.ts';
import { noteOf, walkFiles } from './walk.ts';

export const list: Op<'fs.list'> = async ({ grant: id, path, documents, together, max }, context) => {
  const grant = grantWith(context, id, 'read');
  using folder = openFolder(grant, path);
  const found: string[] = [];
  const walk = await walkFiles(context, folder, (file, name) => {
    if (!documents || isDocument(name)) found.push(file);
  });
  found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

  using root = openRoot(grant);
  const kept: FoundFile[] = [];
  const said = saidOfFolder(context, grant, path);
  let apart = 0;
  for (const file of found) {
    if (kept.length >= max) break;
    const reference = referTo(context, root, file);
    if (reference === null) continue;
    if (together && isStricter(context, reference, said)) apart += 1;
    else kept.push({ grant, ...reference });
  }
  const outputs = takeUp(context, kept).filter((meta) => meta !== null);
  const notes = [
    found.length > max ? `the first ${max} of ${found.length} ${documents ? 'documents' : 'files'}` : undefined,
    outputs.length < kept.length ? `the ${outputs.length} that the grant lets one run take up` : undefined,
    apart > 0 ? `${apart} left out, of which less may leave than of the folder` : undefined,
    noteOf([walk]),
  ].filter((note) => note !== undefined);
  return notes.length === 0 ? { outputs } : { outputs, note: notes.join('; ') };
};

/** Whether less may leave or be told of a file than of the folder that it was found below: by a grant of its own, or a second name elsewhere. */
function isStricter(
  context: OpContext,
  { file, label }: Pick<FoundFile, 'file' | 'label'>,
  said: ReturnType<typeof saidOfFolder>,
): boolean {
  return !narrowsLabel(label, said.label) || (said.names === 'shown' && context.grants.namesOf(file.grant, file.path) === 'hidden');
}

/** What a handle keeps of a file, or `null` for one that is gone meanwhile or that no grant opens. */
function referTo(context: OpContext, root: OpenFolder, path: string): { file: FileReference; label: Label } | null {
  try {
    const file = { grant: root.grant, path, facts: statFileIn(root, path) };
    return { file: referenceTo(file), label: labelOfFile(context, file) };
  } catch (thrown) {
    if (thrown instanceof HeadgateError) return null;
    throw thrown;
  }
}
