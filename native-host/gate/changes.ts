// What a step would do, as it is kept with the question to the person until it is answered: its parts in words, and the lines
// that differ. The lines are content of the person's files, so they reach a screen only through the gate.
import * as z from 'zod';
import { type ApprovalDetail, ApprovalDetail as Detail, OfFile, type TextsShown } from '../../shared/protocol/native.ts';
import { SCREEN_CAPS } from '../../shared/gate/release.ts';

const Line = z.object({
  part: z.int(),
  sign: z.enum([' ', '+', '-', '…']),
  excerpt: z.string().max(SCREEN_CAPS.excerptChars),
  goesOn: z.boolean().optional(),
  /** `null`: text that Headgate made. */
  of: OfFile.nullable(),
});
export type ChangedLine = z.infer<typeof Line>;

const Change = Detail.extend({ lines: z.array(Line).max(SCREEN_CAPS.hits) });
export type Change = z.infer<typeof Change>;

export const NO_CHANGE: Change = { parts: [], more: 0, lines: [], cut: 0 } satisfies ApprovalDetail;

export function parseChange(json: string): Change {
  return Change.parse(JSON.parse(json));
}

/** For the way between two processes of ours: what is shown of texts names the file of each part once, not with each line. */
export function packTexts({ lines, ...shown }: Change): TextsShown {
  const files = shown.parts.map((_part, index) => lines.find(({ part }) => part === index)?.of ?? null);
  return { ...shown, lines: lines.map(({ of: _of, ...line }) => line), files };
}

export function unpackTexts({ files, lines, ...shown }: TextsShown): Change {
  return { ...shown, lines: lines.map((line) => ({ ...line, of: files[line.part] ?? null })) };
}
