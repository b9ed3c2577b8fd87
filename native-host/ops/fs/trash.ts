// fs.trash: files and folders go to the desktop's own trash, from where the person, fs.restore and undo bring them back.
import { HeadgateError } from '../../../shared/errors.ts';
import { look } from '../../gate/resolve/anchored.ts';
import { freeTrashName, type Trash, trashFor } from '../../gate/resolve/trash.ts';
import type { OpenFolder } from '../../gate/resolve.ts';
import { type Change, thingOf } from '../../journal/change.ts';
import { createFolders } from '../../journal/folders.ts';
import { carryOut, preview } from '../../journal/step.ts';
import { locate, refuseChanged, stopIfCancelled } from '../access.ts';
import type { Op } from '../op.ts';
import { nameTaken } from './places.ts';

const STRETCH = 500;

export const trash: Op<'fs.trash'> = async ({ target, dryRun }, context) => {
  const changes: Change[] = [];
  const planned = new Set<string>();
  using trashes = openTrashes();
  {
    using folders = createFolders(context.grants);
    for (const [index, source] of target.entries()) {
      const located = locate(context, source, 'trash');
      const spot = folders.spot(located.grant.id, located.path);
      const stat = look(spot);
      if (stat === null) throw new HeadgateError('vanished', 'A file that was to go to the trash is gone. Nothing was changed.');
      if (!stat.isFile() && !stat.isDirectory())
        throw new HeadgateError('not_a_file', 'Headgate trashes files and folders, no links or devices.');
      if (stat.isFile()) refuseChanged(located, stat);
      const own = `${located.grant.id} ${located.path}`;
      if (planned.has(own)) throw nameTaken();
      planned.add(own);
      const opened = trashes.of(spot.folder);
      const name = freeTrashName(opened.trash, spot.name, opened.planned);
      opened.planned.add(name);
      const { place, top } = opened.trash;
      changes.push({
        kind: 'trash',
        grant: located.grant.id,
        path: located.path,
        trash: place,
        top,
        name,
        thing: thingOf(stat),
        folder: stat.isDirectory(),
      });
      if (index % STRETCH !== STRETCH - 1) continue;
      stopIfCancelled(context);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return dryRun
    ? preview(context, changes)
    : carryOut(
        context,
        changes.map((change) => ({ change })),
      );
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
