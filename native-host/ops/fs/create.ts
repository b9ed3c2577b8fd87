// fs.create: a new file with the text of a handle, never over anything that is there. Noted before each effect: the
// temporary name before it is written, the real name before it is given. So a crash at any moment is settled by looking:
// the real name holds the very file that was staged, or the effect never happened.
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { HeadgateError } from '../../../shared/errors.ts';
import { nextName, safeFileName } from '../../../shared/gate/names.ts';
import { GrantId } from '../../../shared/ids.ts';
import { GrantPath } from '../../../shared/ops/args.ts';
import { nameTaken, publishFile, settleStaged, type StagedFile, stageFile } from '../../gate/resolve/create.ts';
import { openFolder, statFileIn, type OpenFolder } from '../../gate/resolve.ts';
import { grantWith, labelOfFile, MAX_READ_BYTES, only, stopIfCancelled } from '../access.ts';
import type { FileReference, Op, OpContext, OpResult, Settle } from '../op.ts';
import { isProgramName } from './programs.ts';

/** Names that are tried when the wished one is taken. */
const MAX_NAMES = 500;

const Intent = z.strictObject({
  grant: GrantId,
  path: GrantPath,
  temporary: z.string().regex(/^\.headgate-[0-9a-f]{24}\.tmp$/),
  /** Known once the temporary file is written. */
  staged: z.strictObject({ dev: z.number(), ino: z.number(), size: z.number() }).nullable(),
  name: z.string().max(255).nullable(),
});
type Intent = z.infer<typeof Intent>;

export const create: Op<'fs.create'> = async ({ grant: id, path, name, content }, context) => {
  const grant = grantWith(context, id, 'write');
  const wish = safeName(name);
  const bytes = Buffer.from(context.handles.text(only(content)).toWellFormed());
  if (bytes.length > MAX_READ_BYTES) throw new HeadgateError('too_large', 'The text is too large to be written as one file.');
  using folder = openFolder(grant, path);
  const intent: Intent = { grant: id, path, temporary: `.headgate-${randomBytes(12).toString('hex')}.tmp`, staged: null, name: null };
  context.intend(intent);
  using staged = stageFile(folder, intent.temporary, bytes);
  stopIfCancelled(context);
  const file = publishUnder(context, staged, wish, { ...intent, staged: { dev: staged.dev, ino: staged.ino, size: bytes.length } });
  return resultOf(context, folder, file);
};

export const settle: Settle = async (noted, context) => {
  if (noted === null) return 'nothing';
  const { grant: id, path, temporary, staged, name } = Intent.parse(noted);
  const grant = context.grants.grant(id);
  using folder = openFolder(grant, path);
  const file = settleStaged(folder, temporary, name, staged);
  return file === null ? 'nothing' : resultOf(context, folder, file);
};

/** Tries one name after the other until one is free. */
function publishUnder(context: OpContext, staged: StagedFile, wish: string, intent: Intent): FileReference {
  for (let attempt = 1; attempt <= MAX_NAMES; attempt += 1) {
    const name = nextName(wish, attempt);
    if (nameTaken(staged.folder, name)) continue;
    context.intend({ ...intent, name });
    try {
      return publishFile(staged, name);
    } catch (thrown) {
      if (!(thrown instanceof HeadgateError) || thrown.code !== 'name_taken') throw thrown;
    }
  }
  throw new HeadgateError('name_taken', `The name and ${MAX_NAMES - 1} numbered ones like it are all taken.`, {
    next: 'Choose another name or folder.',
  });
}

/** The name as it may stand on any disk, whatever was asked for. Throws `path_refused` for the name of a program. */
function safeName(name: string): string {
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && /^\.[a-z0-9]{1,10}$/i.test(name.slice(dot)) ? name.slice(dot) : '';
  const safe = safeFileName(extension === '' ? name : name.slice(0, dot), extension);
  if (isProgramName(safe))
    throw new HeadgateError('path_refused', 'Headgate does not create programs.', { next: 'Choose a name that ends in .md or .txt.' });
  return safe;
}

function resultOf(context: OpContext, folder: OpenFolder, file: FileReference): OpResult {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const label = labelOfFile(context, { grant: folder.grant, path: file.path, facts: statFileIn(folder, name) });
  return { outputs: [context.handles.putFile(file, label)] };
}
