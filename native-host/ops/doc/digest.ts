// doc.digest: puts a folder's digest together as one Markdown text: overview, themes, each document with its summary,
// groups, the odd ones out, and what could not be read with the reason. It only arranges what other steps made.
import { HeadgateError, toErrorData } from '../../../shared/errors.ts';
import { strictest } from '../../../shared/gate/labels.ts';
import type { HandleId } from '../../../shared/ids.ts';
import { ClassifyAnswer, KeywordsAnswer, SummarizeAnswer } from '../../../shared/ops/text.ts';
import { dayOf } from '../../../shared/recipes/recipe.ts';
import { MAX_READ_BYTES, openTarget } from '../access.ts';
import { readAnswer } from '../answers.ts';
import { escapeName, escapeProse, frontMatter } from '../markdown.ts';
import type { Op, OpContext } from '../op.ts';
import { documentOf } from './origin.ts';

interface Document {
  path: string;
  summary: string | null;
  group: string | null;
  isOdd: boolean;
  /** Why there is no summary, in plain words. */
  problem: string | null;
}

export const digest: Op<'doc.digest'> = async ({ grant: id, files, summaries, themes, groups, overview }, context) => {
  const grant = context.grants.grant(id);
  const documents = readDocuments(context, files, summaries, groups[0]);
  if (documents.length === 0)
    throw new HeadgateError('no_text', 'There are no documents in this folder to digest.', {
      next: 'Choose a folder with text, Markdown, HTML, PDF or Word files.',
    });
  if (documents.every(({ summary }) => summary === null)) {
    throw new HeadgateError(
      'unavailable',
      documents.length === 1
        ? 'The one document could not be summarised.'
        : `None of the ${documents.length} documents could be summarised.`,
      {
        next: "The run's steps say why.",
      },
    );
  }
  const text = writeDigest({
    folder: grant.name,
    day: dayOf(new Date(context.now())),
    overview: readAnswer(context, SummarizeAnswer, overview[0])?.summary ?? null,
    themes: (readAnswer(context, KeywordsAnswer, themes[0])?.terms ?? []).map(({ term }) => term),
    documents,
  });
  const label = strictest([
    grant.label,
    // Of the files what is said now: it may have become stricter since they were listed.
    ...files
      .map((handle) => context.handles.get(handle).file)
      .flatMap((file) => (file === null ? [] : context.grants.labelOf(file.grant, file.path))),
    ...[...files, ...summaries, ...themes, ...groups, ...overview].map((handle) => context.handles.get(handle).label),
  ]);
  const unread = documents.filter(({ summary }) => summary === null).length;
  const outputs = [context.handles.putText('text', text, label)];
  return unread === 0 ? { outputs } : { outputs, note: `${unread} of ${documents.length} documents could not be read` };
};

function readDocuments(
  context: OpContext,
  files: readonly HandleId[],
  summaries: readonly HandleId[],
  groups: HandleId | undefined,
): Document[] {
  const classified = readAnswer(context, ClassifyAnswer, groups)?.items ?? [];
  const isAligned = classified.length === summaries.length;
  const owners = summaries.map((summary) => documentOf(context, summary, files));
  // Answers that do not say what they were made of are matched by order, which only holds when none is missing.
  const byOrder = owners.every((owner) => owner === null) && summaries.length === files.length;
  return files.map((file, index) => {
    const at = byOrder ? index : owners.indexOf(file);
    const summary = at < 0 ? null : readAnswer(context, SummarizeAnswer, summaries[at])?.summary.trim() || null;
    const item = at < 0 || !isAligned ? undefined : classified[at];
    return {
      path: context.handles.get(file).file?.path ?? '',
      summary,
      group: item?.label ?? null,
      isOdd: item?.odd ?? false,
      problem: summary === null ? problemOf(context, file) : null,
    };
  });
}

/** Looks again why a document has no summary. */
function problemOf(context: OpContext, handle: HandleId): string {
  try {
    using file = openTarget(context, handle);
    if (file.facts.size === 0) return 'The file is empty.';
    return file.facts.size > MAX_READ_BYTES ? `The file is larger than ${MAX_READ_BYTES / 1e6} MB.` : 'No text could be read from it.';
  } catch (thrown) {
    return toErrorData(thrown).message;
  }
}

interface DigestParts {
  folder: string;
  day: string;
  overview: string | null;
  themes: readonly string[];
  documents: readonly Document[];
}

/** The digest's Markdown. Pure. */
export function writeDigest({ folder, day, overview, themes, documents }: DigestParts): string {
  const read = documents.filter(({ summary }) => summary !== null);
  const unread = documents.filter(({ summary }) => summary === null);
  const odd = read.filter(({ isOdd }) => isOdd);
  const sections = [
    frontMatter({ title: `Digest of ${folder}`, folder, date: day, documents: documents.length, themes }),
    `# Digest of ${escapeName(folder)}`,
    `${count(documents.length)}, ${day}.${unread.length === 0 ? '' : ` ${unread.length} could not be read.`}`,
    section('Overview', overview === null || overview.trim() === '' ? [] : [escapeProse(overview)]),
    section(
      'Themes',
      themes.map((theme) => `- ${escapeProse(theme)}`),
      '\n',
    ),
    section(
      'Documents',
      read.map(({ path, summary }) => `### ${escapeName(path)}\n\n${escapeProse(summary ?? '')}`),
    ),
    section('Groups', groupLines(read), '\n'),
    section(
      'The odd ones out',
      odd.map(({ path }) => `- ${escapeName(path)}`),
      '\n',
    ),
    section(
      'Could not be read',
      unread.map(({ path, problem }) => `- ${escapeName(path)}: ${escapeProse(problem ?? '')}`),
      '\n',
    ),
  ];
  return `${sections
    .filter((part) => part !== '')
    .join('\n\n')
    .replace('---\n\n\n', '---\n\n')}\n`;
}

function groupLines(documents: readonly Document[]): string[] {
  const members = new Map<string, string[]>();
  for (const { group, path } of documents) if (group !== null) members.set(group, [...(members.get(group) ?? []), escapeName(path)]);
  return [...members].map(([group, paths]) => `- **${escapeName(group)}**: ${paths.join(', ')}`);
}

function section(heading: string, lines: readonly string[], gap = '\n\n'): string {
  return lines.length === 0 ? '' : `## ${heading}\n\n${lines.join(gap)}`;
}

function count(documents: number): string {
  return documents === 1 ? '1 document' : `${documents === 0 ? 'No' : documents} documents`;
}
