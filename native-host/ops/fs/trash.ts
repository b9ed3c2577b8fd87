// fs.trash: files and folders go to the desktop's own trash, from where the person, fs.restore and undo bring them back.
import { HeadgateError } from '../../../shared/errors.ts';
import { look } from '../../gate/resolve/anchored.ts';
import { freeTrashName, type Trash, trashFor } from '../../gate/resolve/trash.ts';
import type { OpenFolder } from '../../gate/resolve.ts';
import { thingOf } from '../../journal/change.ts';
import { locate, refuseChanged } from '../access.ts';
import type { Op } from '../op.ts';
import { changeEach } from './change-each.ts';

export const trash: Op<'fs.trash'> = async ({ target, dryRun }, context) => {
  using trashes = openTrashes();
  return await changeEach(context, target, dryRun, (folders, source) => {
    const located = locate(context, source, 'trash');
    const spot = folders.spot(located.grant.id, located.path);
    const stat = look(spot);
    if (stat === null) throw new HeadgateError('vanished', 'A file that was to go to the trash is gone. Nothing was changed.');
    if (!stat.isFile() && !stat.isDirectory())
      throw new HeadgateError('not_a_file', 'Headgate trashes files and folders, no links or devices.');
    if (stat.isFile()) refuseChanged(located, stat);
    const opened = trashes.of(spot.folder);
    const name = freeTrashName(opened.trash, spot.name, opened.planned);
    opened.planned.add(name);
    const [grant, path] = [located.grant.id, located.path];
    const { place, top } = opened.trash;
    return {
      change: { kind: 'trash', grant, path, trash: place, top, name, thing: thingOf(stat), folder: stat.isDirectory() },
      claims: `${grant} ${path}`,
    };
  });
};

interface OpenedTrash {
  trash: Trash;
  planned: Set<string>;
}

/** The trash of each disk, opened once. */
function openTrashes(): Disposable & { of(folder: OpenFolder): OpenedTrash } {
  const byDisk = new Map<number, OpenedTrash>();
  return {
    of(folder) {
      const known = byDisk.get(folder.dev) ?? { trash: trashFor(folder), planned: new Set<string>() };
      byDisk.set(folder.dev, known);
      return known;
    },
    [Symbol.dispose]() {
      for (const { trash } of byDisk.values()) trash[Symbol.dispose]();
    },
  };
}
