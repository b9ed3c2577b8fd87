// What each op takes, once the plan's references have been resolved on the device. Handles always come as lists: an
// argument that names another step gets all of its outputs.
import * as z from 'zod';
import { GrantId, HandleId } from '../ids.ts';
import type { OpName } from './catalogue.ts';

/** A path inside a grant, relative, with `/` between segments; the gate checks each segment again. */
export const GrantPath = z.string().max(2000);

export const Clip = z.object({
  title: z.string().max(2000),
  url: z.string().max(4000),
  author: z.string().max(400).optional(),
  site: z.string().max(400).optional(),
  published: z.string().max(100).optional(),
  language: z.string().max(40).optional(),
  clippedAt: z.string().max(40),
});
export type Clip = z.infer<typeof Clip>;

const Handles = z.array(HandleId).max(1000);
const One = z.array(HandleId).length(1);

export const OP_ARGS = {
  'fs.list': z.strictObject({
    grant: GrantId,
    path: GrantPath.default(''),
    documents: z.boolean().default(true),
    max: z.int().min(1).max(500).default(200),
  }),
  'fs.stat': z.strictObject({ target: One }),
  'fs.find': z.strictObject({
    query: z.string().min(1).max(400),
    grants: z.array(GrantId).max(200),
    max: z.int().min(1).max(500).default(200),
  }),
  'fs.search': z.strictObject({
    query: z.string().min(1).max(400),
    grants: z.array(GrantId).max(200),
    max: z.int().min(1).max(500).default(200),
  }),
  'fs.read': z.strictObject({ target: One }),
  'fs.create': z.strictObject({ grant: GrantId, path: GrantPath.default(''), name: z.string().min(1).max(255), content: One }),
  'doc.text': z.strictObject({ target: One }),
  'doc.digest': z.strictObject({
    grant: GrantId,
    files: Handles,
    summaries: Handles,
    themes: z.array(HandleId).max(1).default([]),
    groups: z.array(HandleId).max(1).default([]),
    overview: z.array(HandleId).max(1).default([]),
  }),
  'page.clip': z.strictObject({
    page: Clip,
    text: One,
    tags: z.array(HandleId).max(1).default([]),
    summary: z.array(HandleId).max(1).default([]),
  }),
  'text.summarize': z.strictObject({ texts: Handles, maxChars: z.int().min(40).max(4000).optional() }),
  'text.keywords': z.strictObject({ texts: Handles, max: z.int().min(1).max(40).optional() }),
  'text.classify': z.strictObject({ texts: Handles }),
  'os.info': z.strictObject({}),
  'os.open': z.strictObject({ target: One }),
  'os.reveal': z.strictObject({ target: One }),
} as const satisfies Record<OpName, z.ZodType>;

export type OpArgs<Op extends OpName> = z.infer<(typeof OP_ARGS)[Op]>;
