// What a download would do, for the question to the person where a run asks before each change. The address itself is shown
// whole: it is what leaves this computer. What comes back, nobody knows before it is there.
import { escapeForDisplay } from '../../../shared/gate/names.ts';
import type { GrantId } from '../../../shared/ids.ts';
import { NO_CHANGE } from '../../gate/changes.ts';
import { grantWith, only } from '../access.ts';
import type { Foresee, Foresight, OpContext } from '../op.ts';

const UNKNOWN = 'What is fetched is not known before it is there, and the address goes to its server.';
const ADDRESS_CHARS = 500;

export const foreseeDownload: Foresee<'net.download'> = async ({ grant, url, data }, context) => {
  if (data !== undefined) return foresee(context, grant, 'Save the picture that is in its own address');
  const address = escapeForDisplay(url ?? '');
  const isWhole = address.length <= ADDRESS_CHARS;
  return foresee(
    context,
    grant,
    `Fetch ${address.slice(0, ADDRESS_CHARS)}${isWhole ? '' : '…'}`,
    isWhole ? UNKNOWN : `${UNKNOWN} The address is too long to be shown.`,
  );
};

export const foreseeCollect: Foresee<'net.collect'> = async ({ target, grant }, context) =>
  foresee(context, grant, `Move the download ${only(target).path}`);

function foresee(context: OpContext, id: GrantId, says: string, uninspectable?: string): Foresight {
  const part = { says: `${says} to ${grantWith(context, id, 'write').name}`, ...(uninspectable !== undefined && { uninspectable }) };
  return {
    title: `${part.says.slice(0, 290)}?`,
    bytes: 0,
    parts: [part],
    content: [],
    targets: [],
    show: () => ({ ...NO_CHANGE, parts: [part] }),
  };
}
