// What each op takes, once the plan's references have been resolved on the device. Handles always come as lists: an
// argument that names another step gets all of its outputs.
import * as z from 'zod';
import { HeadgateError } from '../errors.ts';
import { firstProblem, IN_WORDS } from '../issue-words.ts';
import { CommandValues } from '../gate/command-arguments.ts';
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

/** Something in a grant: by the handle that an earlier step made, or by its path. A handle also says which version is meant. */
export const Source = z.union([HandleId, z.strictObject({ grant: GrantId, path: GrantPath.min(1) })]);
export type Source = z.infer<typeof Source>;
/** Files that one step moves or trashes, at most. */
export const MAX_SOURCES = 10_000;
const Sources = z.array(Source).min(1).max(MAX_SOURCES);
const OneSource = z.array(Source).length(1);
/** Only say what would change. */
const DryRun = z.boolean().default(false);

/** An address on the web as a person may click it. */
export const MAX_URL_CHARS = 8_000;
/** One download, when nobody says less: undo can still keep a file of this size. */
export const MAX_DOWNLOAD_BYTES = 100_000_000;
/** One download, whatever anybody says. */
export const MAX_DOWNLOAD_WISH = 500_000_000;
/** What the browser calls a download that it makes for the host: nothing but chance. */
export const InboxName = z.string().regex(/^hg-[0-9a-f]{32}$/);

export const OP_ARGS = {
  'fs.list': z.strictObject({
    grant: GrantId,
    path: GrantPath.default(''),
    documents: z.boolean().default(true),
    /** For one text that is made of all of them and kept in that folder: without those of which less may leave, or be told, than of the folder. */
    together: z.boolean().default(false),
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
  'fs.create': z.strictObject({
    grant: GrantId,
    path: GrantPath.default(''),
    name: z.string().min(1).max(255),
    content: One,
    dryRun: DryRun,
  }),
  'fs.write': z.strictObject({ target: OneSource, content: One, dryRun: DryRun }),
  'fs.append': z.strictObject({ target: OneSource, content: One, dryRun: DryRun }),
  /** `parents`: with every folder on the way that is missing. */
  'fs.mkdir': z.strictObject({ grant: GrantId, path: GrantPath.min(1), parents: z.boolean().default(false), dryRun: DryRun }),
  /** `path` is the new file's own, its name included. */
  'fs.copy': z.strictObject({ target: OneSource, grant: GrantId, path: GrantPath.min(1), dryRun: DryRun }),
  /** `to` is the new path, its name included, in `grant` or else where it was. */
  'fs.move': z.strictObject({
    moves: z
      .array(z.strictObject({ from: Source, grant: GrantId.optional(), to: GrantPath.min(1) }))
      .min(1)
      .max(MAX_SOURCES),
    dryRun: DryRun,
  }),
  'fs.trash': z.strictObject({ target: Sources, dryRun: DryRun }),
  /** Out of the trash again, by the numbers that the journal gave these changes. */
  'fs.restore': z.strictObject({ changes: z.array(z.int().min(1)).min(1).max(MAX_SOURCES), dryRun: DryRun }),
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
  /**
   * From `url`, or decoded from the `data:` address that a handle holds. An address is no handle and no word of a plan, so it
   * can only be what the person's own input says: no step and no model can make one up.
   */
  'net.download': z
    .strictObject({
      grant: GrantId,
      path: GrantPath.default(''),
      url: z.string().min(1).max(MAX_URL_CHARS).optional(),
      data: One.optional(),
      maxBytes: z.int().min(1).max(MAX_DOWNLOAD_WISH).default(MAX_DOWNLOAD_BYTES),
    })
    .refine(({ url, data }) => (url === undefined) !== (data === undefined), 'takes one of url and data'),
  /** `target` is the download in the inbox; `url`, where it came from, only names it. */
  'net.collect': z.strictObject({
    target: z.array(z.strictObject({ grant: GrantId, path: InboxName })).length(1),
    grant: GrantId,
    path: GrantPath.default(''),
    url: z.string().max(MAX_URL_CHARS),
  }),
  'text.summarize': z.strictObject({ texts: Handles, maxChars: z.int().min(40).max(4000).optional() }),
  'text.keywords': z.strictObject({ texts: Handles, max: z.int().min(1).max(40).optional() }),
  'text.classify': z.strictObject({ texts: Handles }),
  'os.info': z.strictObject({}),
  'os.open': z.strictObject({ target: One }),
  'os.reveal': z.strictObject({ target: One }),
  /** `grant` is the command's; `values` fill the places of its command line, which may name a `target` by its number. */
  'os.run': z.strictObject({ grant: GrantId, values: CommandValues.default({}), target: z.array(Source).max(200).default([]) }),
} as const satisfies Record<OpName, z.ZodType>;

export type OpArgs<Op extends OpName> = z.infer<(typeof OP_ARGS)[Op]>;

/** One op with its arguments, parsed. */
export type DecodedStep<Op extends OpName = OpName> = { [Name in Op]: { op: Name; args: OpArgs<Name> } }[Op];

/** Parses an op's arguments: the one place, before anything is decided about them. Throws `invalid_params`. */
export function decodeStep(op: OpName, args: unknown): DecodedStep {
  const parsed = OP_ARGS[op].safeParse(args, IN_WORDS);
  if (!parsed.success) throw new HeadgateError('invalid_params', `${op} cannot run: ${firstProblem(parsed.error, 'what it was given')}.`);
  // The op's own schema has parsed them; the compiler cannot follow the name from one table to the other.
  return { op, args: parsed.data } as DecodedStep;
}
