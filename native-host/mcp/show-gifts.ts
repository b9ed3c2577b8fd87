// What a client would get, as the question to the person shows it: texts line by line, each with its size; of bytes that are
// no text, that they cannot be shown. Pure.
import { endOfPath, escapeForDisplay, quotedName } from '../../shared/gate/names.ts';
import type { Change } from '../gate/changes.ts';
import { referenceTo } from '../gate/resolve.ts';
import { type ShownText, showTexts } from '../gate/show-texts.ts';
import { decodeText } from '../ops/decode.ts';
import { readableSize } from '../ops/size.ts';
import type { Areas } from './areas.ts';
import type { Gift } from './give.ts';

const PATH_CHARS = 300;
const NAME_CHARS = 100;

export interface ShownGifts {
  /** Not made before somebody is asked. */
  shows(): Change;
  /** Why not all of it can be shown, with its size. */
  uninspectable?: string;
}

export function showGifts(gifts: readonly Gift[], areas: Pick<Areas, 'absoluteOf'>): ShownGifts {
  const texts = gifts.map((gift): ShownText => {
    const path = endOfPath(escapeForDisplay(areas.absoluteOf(gift.file)), PATH_CHARS);
    const shown = { name: `${path}, ${sizeOf(gift)}`, file: referenceTo(gift.file) };
    const text = textIn(gift);
    return text === null ? { ...shown, text, uninspectable: 'this is no text' } : { ...shown, text };
  });
  const hidden = gifts.find((_gift, index) => texts[index]?.text === null);
  const uninspectable = hidden === undefined ? undefined : `${nameOf(hidden)} is no text (${sizeOf(hidden)})`;
  return { shows: () => showTexts(texts), ...(uninspectable !== undefined && { uninspectable }) };
}

/** Text that a client asks for as bytes is shown as the text that it is. */
function textIn({ text, whole }: Gift): string | null {
  return whole instanceof Uint8Array ? decodeText(whole) : text;
}

function sizeOf({ text, whole }: Gift): string {
  return readableSize(whole instanceof Uint8Array ? whole.length : Buffer.byteLength(text));
}

function nameOf({ file }: Gift): string {
  return quotedName(file.path.split('/').at(-1) ?? '', NAME_CHARS);
}
