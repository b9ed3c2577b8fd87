// net.collect: files what the browser downloaded with the person's own session. The browser wrote it to a name of chance in
// a folder of its downloads that the person granted, and told the host that name alone; the host looks at what lies there,
// and moves it to where the person wants it. Across disks it is copied, and the browser removes its own.
import { HeadgateError } from '../../../shared/errors.ts';
import { MAX_DOWNLOAD_WISH } from '../../../shared/ops/args.ts';
import { type Stats, statOf } from '../../gate/resolve/anchored.ts';
import { onOneDisk, openFile, type OpenFile, openFolder, openRoot, readStart } from '../../gate/resolve.ts';
import { thingOf } from '../../journal/change.ts';
import { freeName, temporaryName } from '../../journal/names.ts';
import { carryOut } from '../../journal/step.ts';
import { grantWith, locate, only, refuseLooserLabel, saidOfFolder } from '../access.ts';
import { PROGRAM_START_BYTES } from '../fs/programs.ts';
import type { Op } from '../op.ts';
import { nameDownload } from './file-name.ts';
import { tooLarge } from './read-body.ts';

/** What lies there longer was left by a run that is over. */
const FRESH_MS = 15 * 60_000;
const COPIED_MODE = 0o666 & ~process.umask();

export const collect: Op<'net.collect'> = async ({ target, grant: id, path, url }, context) => {
  const inbox = locate(context, only(target), 'write');
  grantWith(context, inbox.grant.id, 'read');
  const grant = grantWith(context, id, 'write');
  // Of its name nothing goes along: the browser gave it one of chance.
  refuseLooserLabel(context.grants.labelOf(inbox.grant.id, inbox.path), saidOfFolder(context, grant, path).label);
  using file = openFile(inbox.grant, inbox.path);
  refuseStrange(file, statOf(file), context.now());
  const { name, isProgram } = nameDownload({ url, type: '', start: readStart(file, PROGRAM_START_BYTES) });
  using folder = openFolder(grant, path);
  using root = openRoot(inbox.grant);
  const at = (wish: string) => (path === '' ? wish : `${path}/${wish}`);
  const result = await carryOut(context, [
    onOneDisk(root, folder)
      ? {
          change: {
            kind: 'move',
            grant: inbox.grant.id,
            path: inbox.path,
            toGrant: id,
            toPath: at(freeName({ folder, name })),
            thing: thingOf(statOf(file)),
            folder: false,
          },
        }
      : {
          change: { kind: 'create', grant: id, path: at(name), temporary: temporaryName(), copy: true, after: null },
          payload: { content: { fd: file.fd }, mode: COPIED_MODE, numbered: true },
        },
  ]);
  return isProgram ? { ...result, note: 'It is a program, so its name ends in .download and nothing starts it' } : result;
};

/** Only what a browser has just written there itself. */
function refuseStrange(file: OpenFile, stat: Stats, now: number): void {
  if (stat.nlink > 1) throw new HeadgateError('unsupported', 'This download has a second name elsewhere, so it was left where it is.');
  if (stat.size > MAX_DOWNLOAD_WISH) throw tooLarge(MAX_DOWNLOAD_WISH);
  if (Math.abs(now - file.facts.ctimeMs) > FRESH_MS)
    throw new HeadgateError('conflict', 'This download has been lying there for long, so it was left where it is.', {
      next: 'Save it again.',
    });
}
