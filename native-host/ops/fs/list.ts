// fs.list: the files of a granted folder and all below it, as handles, sorted by path.
import { HeadgateError } from '../../../shared/errors.ts';
import type { Label } from '../../../shared/gate/labels.ts';
import { type OpenFolder, openFolder, openRoot, referenceTo, statFileIn } from '../../gate/resolve.ts';
import { type FoundFile, grantWith, labelOfFile, takeUp } from '../access.ts';
import type { Op, OpContext } from '../op.ts';
import type { FileReference } from '../../state/stored-handle.ts';
import { isDocument } from './documents.ts';
import { noteOf, walkFiles } from './walk.ts';

export const list: Op<'fs.list'> = async ({ grant: id, path, documents, max }, context) => {
  const grant = grantWith(context, id, 'read');
  using folder = openFolder(grant, path);
  const found: string[] = [];
  const walk = await walkFiles(context, folder, (file, name) => {
    if (!documents || isDocument(name)) found.push(file);
  });
  found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

  using root = openRoot(grant);
  const kept: FoundFile[] = [];
  for (const file of found) {
    if (kept.length >= max) break;
    const reference = referTo(context, root, file);
    if (reference !== null) kept.push({ grant, ...reference });
  }
  const outputs = takeUp(context, kept).filter((meta) => meta !== null);
  const notes = [
    found.length > max ? `the first ${max} of ${found.length} ${documents ? 'documents' : 'files'}` : undefined,
    outputs.length < kept.length ? `the ${outputs.length} that the grant lets one run take up` : undefined,
    noteOf([walk]),
  ].filter((note) => note !== undefined);
  return notes.length === 0 ? { outputs } : { outputs, note: notes.join('; ') };
};

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
