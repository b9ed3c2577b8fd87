// How ops come to the person's files: by a grant that gives the right, or by a handle, always through the gate.
import { HeadgateError } from '../../shared/errors.ts';
import { foldPath, isInside } from '../../shared/gate/fold-path.ts';
import type { Grant, Names, Right } from '../../shared/gate/grants.ts';
import { type Label, narrowsLabel } from '../../shared/gate/labels.ts';
import type { HandleMeta } from '../../shared/handles.ts';
import type { GrantId, HandleId } from '../../shared/ids.ts';
import type { Source } from '../../shared/ops/args.ts';
import { saidOf } from '../gate/nested-grants.ts';
import { type FileFacts, type OpenFile, openFile } from '../gate/resolve.ts';
import type { Allowed } from '../gate/grant-reader.ts';
import type { OpContext } from './op.ts';
import type { FileReference } from '../state/stored-handle.ts';

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

/** Where something is that an op was given. `seen`: as its handle describes it. */
export interface Located {
  grant: Grant;
  path: string;
  seen: FileReference | null;
}

/** Finds what a handle or a path names, in a grant that gives the right. Throws `unsupported` for a handle that is no file. */
export function locate(context: OpContext, source: Source, right: Right): Located {
  if (typeof source !== 'string') return { grant: grantWith(context, source.grant, right), path: source.path, seen: null };
  const { file } = context.handles.get(source);
  if (file === null) throw new HeadgateError('unsupported', 'This is text that Headgate made, not a file.');
  return { grant: grantWith(context, file.grant, right), path: file.path, seen: file };
}

/** Throws `conflict` when a file is not any more what its handle says. */
export function refuseChanged({ seen }: Located, now: { ino: number; size: number; mtimeMs: number }): void {
  if (seen === null || (seen.ino === now.ino && seen.size === now.size && seen.mtimeMs === now.mtimeMs)) return;
  throw new HeadgateError('conflict', 'The file was changed since it was looked at, so it was left as it is.', {
    next: 'Look at it again and start anew.',
  });
}

/** Throws `label_refused` when content would come to a place from which more may leave. */
export function refuseLooserLabel(from: Label, to: Label): void {
  if (narrowsLabel(from, to)) return;
  throw new HeadgateError('label_refused', `What is labelled ${from} does not go to a folder labelled ${to}: more could leave from there.`);
}

/** Throws `label_refused` when a file would come to a place from which more of it may leave: what it holds, or what it is called. */
export function refuseLooserPlace(
  { grants }: Pick<OpContext, 'grants'>,
  from: { grant: GrantId; path: string; label: Label },
  to: { grant: GrantId; path: string },
): void {
  refuseLooserLabel(from.label, grants.labelOf(to.grant, to.path));
  refuseShownName(grants.namesOf(from.grant, from.path), grants.namesOf(to.grant, to.path));
}

/** Throws `label_refused` where a name that is hidden would come to where names are shown. */
export function refuseShownName(from: Names, to: Names): void {
  if (from === 'hidden' && to === 'shown')
    throw new HeadgateError('label_refused', 'That folder hides names, so nothing of it goes to where names are shown.', {
      next: 'Hide names in the other folder as well: headgate grant FOLDER --names hidden',
    });
}

/** The granted folders that this folder is or holds, with what they say of the files in them. */
export function grantsWithin(grants: Pick<Allowed, 'list'>, { folder }: Grant, path: string): Grant[] {
  const at = foldPath(path === '' ? folder : `${folder}/${path}`);
  return grants.list().filter((other) => isInside(at, foldPath(other.folder)));
}

/** What all grants say of what lies in a folder, whatever their globs say of the folder's own name. */
export function saidOfFolder({ grants }: Pick<OpContext, 'grants'>, grant: Grant, path: string): { label: Label; names: Names } {
  return saidOf(grants.list(), grant, path);
}

/** What may leave of a file: the strictest over all grants that hold it; with a second name somewhere it stays at home. */
export function labelOfFile(context: OpContext, file: { grant: Grant; path: string; facts: FileFacts }): Label {
  return file.facts.links > 1 ? 'home' : context.grants.labelOf(file.grant.id, file.path);
}

/** Throws `cancelled` once the run was cancelled, and what the signal says when the step ran out of time. */
export function stopIfCancelled({ signal }: Pick<OpContext, 'signal'>): void {
  if (!signal.aborted) return;
  if (signal.reason instanceof Error && signal.reason.name === 'TimeoutError') throw signal.reason;
  throw new HeadgateError('cancelled', 'The run was cancelled.');
}

/** Something that was found, with what its handle needs. */
export interface FoundFile {
  grant: Grant;
  file: FileReference;
  label: Label;
}

/** Takes files up into the run, in their order; `null` for those above what their grant lets one run take up. */
export function takeUp(context: OpContext, found: readonly FoundFile[]): (HandleMeta | null)[] {
  const left = new Map<GrantId, number>();
  const taken = found.filter(({ grant }) => {
    const room =
      left.get(grant.id) ?? (grant.maxFiles === undefined ? Number.POSITIVE_INFINITY : grant.maxFiles - context.handles.filesIn(grant.id));
    left.set(grant.id, room - 1);
    return room > 0;
  });
  const metas = new Map(context.handles.putFiles(taken).map((meta, index) => [taken[index], meta]));
  return found.map((each) => metas.get(each) ?? null);
}

/** The one handle of an argument that holds exactly one; the schema has counted. */
export function only<Thing extends Source>(handles: readonly Thing[]): Thing {
  const [handle] = handles;
  if (handle === undefined) throw new HeadgateError('invalid_params', 'This step needs one input and got none.');
  return handle;
}
