// The readable part of a page as Markdown, made in the page itself so that only this leaves it. Runs under `activeTab`
// when the person asks for it, never by itself. Must stay self-contained: it is bundled into one script.
import { Readability } from '@mozilla/readability';
import type { Clip } from '../../shared/ops/args.ts';
import { isTooLarge } from './measure.ts';
import { readMetadata } from './metadata.ts';
import { htmlToMarkdown } from './to-markdown.ts';

export type ClipAnswer = { ok: true; page: Clip; markdown: string } | { ok: false; code: 'no_text' | 'too_large' | 'unsupported' };

/** Letters outside of links that make a text; less is a menu, not something to read. */
const MIN_TEXT_CHARS = 25;

/** Clips `page` without changing it. Answers `unsupported` for what is no HTML page, `too_large` before any heavy work. */
export function clipPage(page: Document, now: Date = new Date()): ClipAnswer {
  if (!/html|xml/.test(page.contentType)) return { ok: false, code: 'unsupported' };
  if (isTooLarge(page)) return { ok: false, code: 'too_large' };
  const article = readArticle(page);
  if (article === null || ownTextLength(article.content) < MIN_TEXT_CHARS) return { ok: false, code: 'no_text' };
  return { ok: true, page: readMetadata(page, article.byline, now), markdown: htmlToMarkdown(article.content) };
}

function readArticle(page: Document): { content: HTMLElement; byline: string | undefined } | null {
  const copy = page.cloneNode(true) as Document;
  // Readability reads the language class of code blocks only when classes are kept.
  const article = new Readability<HTMLElement>(copy, { keepClasses: true, serializer: (node) => node as HTMLElement }).parse();
  if (!article?.content) return null;
  return { content: article.content, byline: article.byline ?? undefined };
}

function ownTextLength(content: HTMLElement): number {
  const lettersOf = (text: string | null) => (text ?? '').replace(/[^\p{L}\p{N}]/gu, '').length;
  let length = lettersOf(content.textContent);
  for (const link of content.querySelectorAll('a, button, nav')) length -= lettersOf(link.textContent);
  return length;
}
