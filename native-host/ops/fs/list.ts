// fs.list: the files of a granted folder and all below it, as handles, sorted by path.
import type { HandleMeta } from '../../../shared/handles.ts';
import { type OpenFolder, openFolder, openRoot, referenceTo, statFileIn } from '../../gate/resolve.ts';
import { grantWith, labelOfFile } from '../access.ts';
import type { Op, OpContext } from '../op.ts';
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
  const outputs: HandleMeta[] = [];
  for (const file of found) {
    if (outputs.length >= max) break;
    const handle = handleOf(context, root, file);
    if (handle !== null) outputs.push(handle);
  }
  const notes = [found.length > max ? `the first ${max} of ${found.length} ${documents ? 'documents' : 'files'}` : undefined, noteOf([walk])].filter((note) => note !== undefined);
  return notes.length === 0 ? { outputs } : { outputs, note: notes.join('; ') };
};

/** A handle on one file, or `null` for one that is gone meanwhile or that no grant opens. */
function handleOf(context: OpContext, root: OpenFolder, path: string): HandleMeta | null {
  try {
    const file = { grant: root.grant, path, facts: statFileIn(root, path) };
    return context.handles.putFile(referenceTo(file), labelOfFile(context, file));
  } catch {
    return null;
  }
}
