// HTML to Markdown: turndown with tables, fenced code with its language, strike-through and absolute links. Links and
// pictures that are no web address (javascript:, data:, blob:) keep their words and lose their target. What a page only
// writes about stays text: turndown leaves `<` as it is, and Markdown has HTML in it.
import TurndownService from 'turndown';
import { escapeTags } from './escape-tags.ts';
import { tableToMarkdown } from './table.ts';

/** Converts `root`. Relative links are resolved against the document that `root` belongs to. */
export function htmlToMarkdown(root: HTMLElement): string {
  return createConverter(root.baseURI).turndown(root).trim();
}

function createConverter(base: string): TurndownService {
  const converter = new TurndownService({
    headingStyle: 'atx',
    codeBlockStyle: 'fenced',
    bulletListMarker: '-',
    hr: '---',
    emDelimiter: '*',
  });
  const escapeMarks = converter.escape.bind(converter);
  converter.escape = (text) => escapeTags(escapeMarks(text));
  converter.remove(['script', 'style', 'noscript', 'button', 'form', 'iframe', 'object', 'template', 'canvas']);
  converter.addRule('strike', { filter: ['del', 's'], replacement: (content) => (content.trim() === '' ? content : `~~${content}~~`) });
  converter.addRule('link', {
    filter: 'a',
    replacement: (content, node) => linkTo(content, absolute((node as Element).getAttribute('href'), base)),
  });
  converter.addRule('image', { filter: 'img', replacement: (_content, node) => imageOf(node as Element, base, converter.escape) });
  converter.addRule('code', { filter: (node) => node.nodeName === 'PRE', replacement: (_content, node) => fence(node as Element) });
  converter.addRule('table', {
    filter: 'table',
    replacement: (content, node) => tableToMarkdown(node as HTMLTableElement, (part) => converter.turndown(part.innerHTML)) ?? content,
  });
  return converter;
}

/** The web address that `target` means in a page at `base`; `null` when it is none, or only a place in the same page. */
export function absolute(target: string | null, base: string): string | null {
  if (target === null || target.trim() === '' || target.startsWith('#')) return null;
  try {
    const url = new URL(target, base);
    if (!['http:', 'https:', 'mailto:', 'file:'].includes(url.protocol)) return null;
    // A page of the web that names files of this computer, or of a server in its network, means no good by it.
    if (url.protocol === 'file:' && !base.startsWith('file:')) return null;
    url.username = '';
    url.password = '';
    return url.href;
  } catch {
    return null;
  }
}

function linkTo(content: string, target: string | null): string {
  const words = content.replace(/\s*\n+\s*/g, ' ').trim();
  if (words === '' || target === null) return content;
  return `[${words}](${target.replace(/\(/g, '%28').replace(/\)/g, '%29')})`;
}

function imageOf(image: Element, base: string, escaped: TurndownService['escape']): string {
  const source = absolute(image.getAttribute('src'), base);
  const words = escaped((image.getAttribute('alt') ?? '').replace(/[[\]\s]+/g, ' ').trim());
  return source === null || source.startsWith('mailto:') ? '' : `![${words}](${source.replace(/\(/g, '%28').replace(/\)/g, '%29')})`;
}

function fence(pre: Element): string {
  const code = pre.textContent ?? '';
  const classes = `${pre.className} ${pre.querySelector('code')?.className ?? ''}`;
  const language = /(?:^|\s)(?:language|lang|highlight-source)-([\w+#-]+)/.exec(classes)?.[1] ?? '';
  const longest = Math.max(2, ...[...code.matchAll(/`{3,}/g)].map((ticks) => ticks[0].length));
  const mark = '`'.repeat(longest + 1);
  return `\n\n${mark}${language}\n${code.replace(/\n$/, '')}\n${mark}\n\n`;
}
