// What opening a file would do, as far as anybody can say: the program is the person's own choice for such files, and what it
// does with the file is outside gate and journal.
import type { HandleId } from '../../../shared/ids.ts';
import { quotedName } from '../../../shared/gate/names.ts';
import { NO_CHANGE } from '../../gate/changes.ts';
import { only, openTarget } from '../access.ts';
import type { Foresee, Foresight, OpContext } from '../op.ts';

const PATH_CHARS = 160;
const UNKNOWN = 'What that program does with the file is not known to Headgate: it may send, and cannot be undone.';

export const foreseeOpen: Foresee<'os.open'> = async ({ target }, context) =>
  foresee(context, only(target), (name) => ({
    says: `Open ${name} with the program that this computer uses for such files`,
    uninspectable: UNKNOWN,
  }));

export const foreseeReveal: Foresee<'os.reveal'> = async ({ target }, context) =>
  foresee(context, only(target), (name) => ({ says: `Show ${name} in its folder, in a window of this computer` }));

function foresee(context: OpContext, handle: HandleId, say: (name: string) => Foresight['parts'][number]): Foresight {
  using file = openTarget(context, handle);
  const { dev, ino, size, mtimeMs, ctimeMs } = file.facts;
  const part = say(`${quotedName(file.path, PATH_CHARS)} in ${file.grant.name}`);
  return {
    title: `${part.says.slice(0, 290)}?`,
    bytes: 0,
    parts: [part],
    content: [],
    targets: [{ grant: file.grant.id, path: file.path, is: { dev, ino, size, mtimeMs, ctimeMs } }],
    show: () => ({ ...NO_CHANGE, parts: [part] }),
  };
}
