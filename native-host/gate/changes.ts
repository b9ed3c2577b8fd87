// What a step would do, as it is kept with the question to the person until it is answered: its parts in words, and the lines
// that differ. The lines are content of the person's files, so they reach a screen only through the gate.
import * as z from 'zod';
import { type ApprovalDetail, ApprovalDetail as Detail } from '../../shared/protocol/native.ts';
import { SCREEN_CAPS } from '../../shared/gate/release.ts';
import { GrantId } from '../../shared/ids.ts';
import { GrantPath } from '../../shared/ops/args.ts';

/** The file that a line is of; `null`: text that Headgate made. */
const OfFile = z
  .object({ grant: GrantId, path: GrantPath, size: z.number(), mtimeMs: z.number(), dev: z.number(), ino: z.number() })
  .nullable();

const Line = z.object({
  part: z.int(),
  sign: z.enum([' ', '+', '-', '…']),
  excerpt: z.string().max(SCREEN_CAPS.excerptChars),
  goesOn: z.boolean().optional(),
  of: OfFile,
});
export type ChangedLine = z.infer<typeof Line>;

const Change = Detail.extend({ lines: z.array(Line).max(SCREEN_CAPS.hits) });
export type Change = z.infer<typeof Change>;

export const NO_CHANGE: Change = { parts: [], more: 0, lines: [], cut: 0 } satisfies ApprovalDetail;

export function parseChange(json: string): Change {
  return Change.parse(JSON.parse(json));
}
