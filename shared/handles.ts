// What may be said of local data without showing it. A handle is 128 random bits; its metadata is coarse on purpose.
import * as z from 'zod';
import { Label } from './gate/labels.ts';
import { FileMask, MAX_RELEASED_NAME } from './gate/shown-name.ts';
import { HandleId } from './ids.ts';

export const HandleKind = z.enum(['file', 'text', 'clip', 'hits', 'info', 'answer']);
/** `file` a file in a grant · `text` text made at home · `clip` a page's readable part · `hits` search results · `info` facts · `answer` what a text op answered. */
export type HandleKind = z.infer<typeof HandleKind>;

export const HandleMeta = z.object({
  handle: HandleId,
  kind: HandleKind,
  /** Bytes, rounded up to a power of two. */
  size: z.int().min(0),
  /** Day of the last change, `2026-11-21`, where there is one. */
  day: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/)
    .optional(),
  label: Label,
  /** A file's name, escaped and cut: only what the gate has released of it. */
  name: z.string().max(MAX_RELEASED_NAME).optional(),
  /** In the place of a name that is hidden. */
  mask: FileMask.optional(),
});
export type HandleMeta = z.infer<typeof HandleMeta>;

/** Rounds a size up to a power of two, so that it says how much work there is and identifies no file. */
export function coarseSize(bytes: number): number {
  let size = 256;
  while (size < bytes) size *= 2;
  return bytes === 0 ? 0 : size;
}
