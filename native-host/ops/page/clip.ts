// page.clip: a page's readable part as Markdown with front matter. Everything in it comes from the page or a model, so the
// front matter is quoted throughout, and nothing of it can add a field or end the block.
import { strictest } from '../../../shared/gate/labels.ts';
import type { Clip } from '../../../shared/ops/args.ts';
import { KeywordsAnswer, SummarizeAnswer } from '../../../shared/ops/text.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import { only } from '../access.ts';
import { readAnswer } from '../answers.ts';
import { escapeName, frontMatter } from '../markdown.ts';
import type { Op } from '../op.ts';

export const clip: Op<'page.clip'> = async ({ page, text, tags, summary }, context) => {
  const body = context.handles.text(only(text)).toWellFormed().trim();
  if (body === '')
    throw new HeadgateError('no_text', 'There is no readable text on this page.', { next: 'Select what you want and save the selection.' });
  const markdown = writeClip(page, body, {
    tags: (readAnswer(context, KeywordsAnswer, tags[0])?.terms ?? []).map(({ term }) => term),
    summary: readAnswer(context, SummarizeAnswer, summary[0])?.summary,
  });
  const label = strictest([...text, ...tags, ...summary].map((handle) => context.handles.get(handle).label));
  return { outputs: [context.handles.putText('clip', markdown, label, only(text))] };
};

/** The clip's Markdown. Pure. */
export function writeClip(page: Clip, body: string, extras: { tags: readonly string[]; summary?: string | undefined }): string {
  const title = line(page.title);
  const head = frontMatter({
    title: title || 'Untitled page',
    author: line(page.author),
    site: line(page.site),
    url: page.url,
    date: line(page.clippedAt),
    published: line(page.published),
    language: line(page.language),
    tags: extras.tags.map(tagOf).filter((tag) => tag !== ''),
    summary: line(extras.summary),
  });
  const heading = title === '' || /^#\s/.test(body) ? '' : `# ${escapeName(title)}\n\n`;
  return `${head}\n${heading}${body}\n`;
}

function line(text: string | undefined): string {
  return text?.replace(/\s+/gu, ' ').trim() ?? '';
}

/** A tag as note programs take it: no spaces, no marks. */
function tagOf(term: string): string {
  return term
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}/_-]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}
