// A new version of a file that is there: the old one is kept first, the new one is written beside it whole and then takes
// its place. Mode, owner and the person's own changes are kept: what was changed since the handle was made is left alone.
import { HeadgateError } from '../../../shared/errors.ts';
import type { HandleId } from '../../../shared/ids.ts';
import type { Source } from '../../../shared/ops/args.ts';
import { type Content, type Stats, statOf } from '../../gate/resolve/anchored.ts';
import { naming, type OpenFile, openFile } from '../../gate/resolve.ts';
import { type Change, keptOf, markOf } from '../../journal/change.ts';
import { temporaryName } from '../../journal/names.ts';
import { carryOut, preview } from '../../journal/step.ts';
import { labelOfFile, locate, MAX_READ_BYTES, only, refuseChanged, refuseLooserLabel } from '../access.ts';
import type { OpContext, OpResult } from '../op.ts';
import { isProgram } from './programs.ts';

interface NewVersion {
  target: readonly Source[];
  content: readonly HandleId[];
  dryRun: boolean;
}

/** `contentOf` makes the new version of the open file and the bytes that were given. */
export async function writeVersion(
  { target, content, dryRun }: NewVersion,
  context: OpContext,
  contentOf: (file: OpenFile, bytes: Buffer) => Content,
): Promise<OpResult> {
  const located = locate(context, only(target), 'write');
  const given = context.handles.get(only(content));
  const bytes = Buffer.from(context.handles.text(given.id).toWellFormed());
  if (bytes.length > MAX_READ_BYTES) throw new HeadgateError('too_large', 'The text is too large to be written as one file.');
  using file = openFile(located.grant, located.path);
  refuseChanged(located, file.facts);
  refuseLooserLabel(given.label, labelOfFile(context, file));
  if (file.facts.links > 1)
    throw new HeadgateError(
      'unsupported',
      'This file has a second name elsewhere, and a new version would part the two. It was left as it is.',
    );
  if (isProgram(file))
    throw new HeadgateError('path_refused', 'Headgate does not write programs.', { next: 'Change it in its own program.' });
  // Before anybody is asked whether it may be changed.
  context.journal.preImages.refuseLarge(file.facts.size);
  const stat = statOf(file);
  const change = (hash: string): Change => ({
    kind: 'replace',
    grant: located.grant.id,
    path: located.path,
    temporary: temporaryName(),
    before: { ...markOf(stat, hash), hash },
    kept: keptOf(stat),
    after: null,
  });
  if (dryRun) return preview(context, [change('')]);
  const hash = await context.journal.preImages.keepSoon(file.fd, file.facts.size, naming(file.grant, file.path, 'file'));
  const after = statOf(file);
  if (after.size !== stat.size || after.mtimeMs !== stat.mtimeMs)
    throw new HeadgateError(
      'changed_while_reading',
      'The file changed while its old version was kept. Try again when nothing writes to it.',
    );
  const result = await carryOut(context, [{ change: change(hash), payload: { content: contentOf(file, bytes) } }]);
  await keepLateChanges(context, file, stat, located.path);
  return result;
}

/** Someone wrote to the old version at the very moment in which the new one took its place: what they wrote is what is kept. */
async function keepLateChanges(context: OpContext, file: OpenFile, before: Stats, path: string): Promise<void> {
  const late = statOf(file);
  if (late.size === before.size && late.mtimeMs === before.mtimeMs) return;
  const hash = await context.journal.preImages.keep(file.fd, late.size, naming(file.grant, file.path, 'file'));
  const row = context.journal.ofStep(context.run, context.step).findLast(({ change }) => change.kind === 'replace' && change.path === path);
  if (row?.change.kind === 'replace') await context.journal.refine(row.n, { ...row.change, before: { ...markOf(late, hash), hash } });
}
