// JSON that ops keep in handles, parsed again where it is read.
import * as z from 'zod';
import { SCREEN_CAPS } from '../../shared/gate/release.ts';
import { GrantId, HandleId } from '../../shared/ids.ts';

/** kind `hits`: what find and search found. `line` is 1-based, `null` for a hit in the name. */
export const HitsContent = z.object({
  total: z.int(),
  hits: z.array(
    z.object({
      handle: HandleId,
      grant: GrantId,
      path: z.string(),
      line: z.int().nullable(),
      excerpt: z.string().max(SCREEN_CAPS.excerptChars),
    }),
  ),
});
export type HitsContent = z.infer<typeof HitsContent>;

/** kind `info`: facts for the screen, and what a command has said: on stdout and stderr. */
export const FactsContent = z.object({
  facts: z.array(z.object({ label: z.string().max(60), value: z.string().max(200) })),
  said: z.object({ command: GrantId, code: z.int(), handles: z.array(HandleId).length(2) }).optional(),
});
export type FactsContent = z.infer<typeof FactsContent>;
