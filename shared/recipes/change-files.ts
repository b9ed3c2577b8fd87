// The small recipes that change files: move or rename, put in the trash, write a new version. Each can be undone.
import * as z from 'zod';
import { GrantId, HandleId } from '../ids.ts';
import { GrantPath, MAX_SOURCES, Source } from '../ops/args.ts';
import { input, type Recipe, step } from './recipe.ts';

const DryRun = z.boolean().default(false);
/** Files that one request from outside may name: as many as the question to the person shows, each by its name. */
export const MAX_REQUESTED = 24;

const MoveInput = z.strictObject({
  moves: z
    .array(z.strictObject({ from: Source, grant: GrantId.optional(), to: GrantPath.min(1) }))
    .min(1)
    .max(MAX_SOURCES),
  dryRun: DryRun,
});
type MoveInput = z.infer<typeof MoveInput>;

export const fileMove: Recipe<MoveInput> = {
  name: 'file.move',
  says: 'Move or rename files',
  input: MoveInput,
  changesOf: ({ moves }) => moves.length,
  driver: 'home',
  title: ({ moves }) => (moves.length === 1 ? 'Move a file' : `Move ${moves.length} files`),
  grants: ({ moves }, context) => [
    ...new Set([...context.grantsOf(moves.map(({ from }) => from)), ...moves.flatMap(({ grant }) => grant ?? [])]),
  ],
  values: () => ({}),
  texts: () => ({}),
  lend: (move, lend) => ({ ...move, moves: move.moves.map((each) => ({ ...each, from: lent(each.from, lend) })) }),
  plan: () => [step('move', 'fs.move', { moves: input('moves'), dryRun: input('dryRun') }, { where: 'home' })],
  egressBytes: 0,
  changes: MAX_SOURCES,
  result: 'move',
};

const TrashInput = z.strictObject({ target: z.array(Source).min(1).max(MAX_SOURCES), dryRun: DryRun });
type TrashInput = z.infer<typeof TrashInput>;

export const fileTrash: Recipe<TrashInput> = {
  name: 'file.trash',
  says: 'Put files in the trash',
  input: TrashInput,
  requested: z.strictObject({ target: z.array(HandleId).min(1).max(MAX_REQUESTED) }),
  changesOf: ({ target }) => target.length,
  driver: 'home',
  title: ({ target }) => (target.length === 1 ? 'Put a file in the trash' : `Put ${target.length} files in the trash`),
  grants: ({ target }, context) => context.grantsOf(target),
  values: () => ({}),
  texts: () => ({}),
  lend: (trash, lend) => ({ ...trash, target: trash.target.map((source) => lent(source, lend)) }),
  plan: () => [step('trash', 'fs.trash', { target: input('target'), dryRun: input('dryRun') }, { where: 'home' })],
  egressBytes: 0,
  changes: MAX_SOURCES,
  result: 'trash',
};

function lent(source: Source, lend: (handle: HandleId) => HandleId): Source {
  return typeof source === 'string' ? lend(source) : source;
}

const MAX_TEXT = 4_000_000;
const WriteInput = z.strictObject({ grant: GrantId, target: z.array(HandleId).length(1), text: z.string().max(MAX_TEXT), dryRun: DryRun });
type WriteInput = z.infer<typeof WriteInput>;

export const fileWrite: Recipe<WriteInput> = {
  name: 'file.write',
  says: 'Write a new version of a file',
  input: WriteInput,
  driver: 'home',
  title: () => 'Write a new version of a file',
  grants: (write) => [write.grant],
  values: () => ({}),
  texts: (write) => ({ text: { text: write.text, grant: write.grant } }),
  lend: (write, lend) => ({ ...write, target: write.target.map(lend) }),
  plan: () => [step('write', 'fs.write', { target: input('target'), content: input('text'), dryRun: input('dryRun') }, { where: 'home' })],
  egressBytes: 0,
  changes: 1,
  result: 'write',
};
