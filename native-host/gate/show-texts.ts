// What a release would send, as its question shows it: each text under the name of its file, line by line, with placeholders
// where something is taken out. What is more than can be shown is counted; of what is no text it is said. Pure.
import { SCREEN_CAPS } from '../../shared/gate/release.ts';
import type { FileReference } from '../state/stored-handle.ts';
import type { Change, ChangedLine } from './changes.ts';
import { plainLines } from './line-diff.ts';

const MAX_PARTS = 50;

export interface ShownText {
  /** `null`: nothing that could be shown; `uninspectable` says why. */
  text: string | null;
  /** `null`: it is of a page, or was made of several. */
  file: FileReference | null;
  name: string | null;
  uninspectable?: string | undefined;
}

export function showTexts(texts: readonly ShownText[]): Change {
  const lines: ChangedLine[] = [];
  let cut = 0;
  for (const [part, { text, file }] of texts.slice(0, MAX_PARTS).entries()) {
    if (text === null) continue;
    const shown = plainLines(text, SCREEN_CAPS.hits - lines.length);
    cut += shown.cut;
    lines.push(...shown.lines.map((line) => ({ ...line, part, of: file })));
  }
  return {
    parts: texts.slice(0, MAX_PARTS).map(({ name, uninspectable }) => ({
      says: name ?? 'A text with no file of its own',
      ...(uninspectable !== undefined && { uninspectable }),
    })),
    more: Math.max(0, texts.length - MAX_PARTS),
    lines,
    cut,
  };
}
