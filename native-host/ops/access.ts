// How ops come to the person's files: by a grant that gives the right, or by a handle, always through the gate.
import { HeadgateError } from '../../shared/errors.ts';
import type { Grant, Right } from '../../shared/gate/grants.ts';
import type { Label } from '../../shared/gate/labels.ts';
import type { GrantId, HandleId } from '../../shared/ids.ts';
import { type FileFacts, type OpenFile, openFile } from '../gate/resolve.ts';
import type { OpContext } from './op.ts';

/** Bytes of one file that an op reads at most. */
export const MAX_READ_BYTES = 20_000_000;

/** The grant, if it gives the right. Throws `grant_not_found` and `grant_refused`. */
export function grantWith(context: OpContext, id: GrantId, right: Right): Grant {
  const grant = context.grants.grant(id);
  if (grant.rights.includes(right)) return grant;
  throw new HeadgateError('grant_refused', `The grant for this folder does not give the right to ${right}.`, {
    next: `In a terminal: headgate grant FOLDER:${[...grant.rights, right].join(',')}:${grant.label}`,
  });
}

/** Opens the file behind a handle again, through the gate. Throws `unsupported` for a handle that is no file. */
export function openTarget(context: OpContext, handle: HandleId): OpenFile {
  const { file } = context.handles.get(handle);
  if (file === null) throw new HeadgateError('unsupported', 'This is text that Headgate made, not a file.');
  return openFile(grantWith(context, file.grant, 'read'), file.path);
}

/** What may leave of a file: the strictest over all grants that hold it; with a second name somewhere it stays at home. */
export function labelOfFile(context: OpContext, file: { grant: Grant; path: string; facts: FileFacts }): Label {
  return file.facts.links > 1 ? 'home' : context.grants.labelOf(file.grant.id, file.path);
}

/** Throws `cancelled` once the run was cancelled or the step ran out of time. */
export function stopIfCancelled(context: Pick<OpContext, 'signal'>): void {
  if (context.signal.aborted) throw new HeadgateError('cancelled', 'The run was cancelled.');
}

/** The one handle of an argument that holds exactly one; the schema has counted. */
export function only(handles: readonly HandleId[]): HandleId {
  const [handle] = handles;
  if (handle === undefined) throw new HeadgateError('invalid_params', 'This step needs one input and got none.');
  return handle;
}
