// The visible text of HTML, as plain Markdown: headings and list items keep their mark, preformatted text becomes a fence,
// everything else is paragraphs. Scripts, hidden parts, navigation and form controls say nothing. Nothing is fetched.
import { setImmediate } from 'node:timers/promises';
import { Parser } from 'htmlparser2';
import { stopIfCancelled } from '../access.ts';
import type { OpContext } from '../op.ts';

const SILENT = new Set(
  'script style noscript template svg math nav iframe object embed canvas audio video map select option datalist textarea button input'.split(
    ' ',
  ),
);
const BLOCKS = new Set(
  'address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu ol p pre section summary table tbody td tfoot th thead tr ul'.split(
    ' ',
  ),
);
const CELLS = new Set(['td', 'th']);
const HEADING = /^h([1-6])$/;
/** Deeper nesting is an attack or damage; what came before still counts. */
const MAX_DEPTH = 512;
/** Characters that are parsed before other work may go on. */
const CHUNK = 65_536;

interface Page {
  title: string;
  parts: { mark: string; text: string }[];
  length: number;
}

/** Stops once `maxChars` are there. */
export async function htmlToText(html: string, maxChars: number, context: Pick<OpContext, 'signal'>): Promise<string> {
  const page: Page = { title: '', parts: [], length: 0 };
  const state = { isTooDeep: false };
  const parser = createParser(page, () => {
    state.isTooDeep = true;
  });
  for (let at = 0; at < html.length && page.length <= maxChars && !state.isTooDeep; at += CHUNK) {
    parser.write(html.slice(at, at + CHUNK));
    await setImmediate();
    stopIfCancelled(context);
  }
  parser.end();
  return join(page);
}

function createParser(page: Page, tooDeep: () => void): Parser {
  const open: { isSilent: boolean }[] = [];
  let silent = 0;
  let inTitle = false;
  let fenced = 0;
  let mark = '';
  let text = '';

  const flush = () => {
    // The end by itself: a pattern for it tries anew at every space of a long gap, and a page may be one gap.
    const words = fenced > 0 ? text.trimEnd().replace(/^\n+/, '') : text.replace(/[\s\u00A0]+/g, ' ').trim();
    if (words !== '') page.parts.push({ mark: fenced > 0 ? '```' : mark, text: words });
    page.length += words.length;
    text = '';
  };

  return new Parser(
    {
      onopentag(name, attributes) {
        const isSilent = SILENT.has(name) || isHidden(attributes);
        open.push({ isSilent });
        if (open.length > MAX_DEPTH) tooDeep();
        if (isSilent) silent += 1;
        if (name === 'title') inTitle = silent === 0 && page.title === '';
        if (silent > 0 || inTitle || !BLOCKS.has(name)) return;
        if (CELLS.has(name)) {
          text += ' ';
          return;
        }
        flush();
        const level = HEADING.exec(name)?.[1];
        mark =
          level !== undefined
            ? `${'#'.repeat(Number(level))} `
            : name === 'li'
              ? '- '
              : name === 'p' || name === 'div'
                ? mark.replace(/^#+ /, '')
                : '';
        if (name === 'pre') fenced += 1;
      },
      ontext(data) {
        if (inTitle) page.title = `${page.title}${data}`.slice(0, 1_000);
        else if (silent === 0) text += data;
      },
      onclosetag(name) {
        const element = open.pop();
        if (name === 'title') inTitle = false;
        if (element?.isSilent) silent -= 1;
        else if (silent === 0 && BLOCKS.has(name) && !CELLS.has(name)) {
          flush();
          if (name === 'pre' && fenced > 0) fenced -= 1;
          if (name !== 'p' && name !== 'div' && name !== 'br') mark = '';
        }
      },
      onend: flush,
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
}

function isHidden(attributes: Record<string, string>): boolean {
  return (
    'hidden' in attributes ||
    attributes['aria-hidden'] === 'true' ||
    /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attributes.style ?? '')
  );
}

/** The parts as one text; the title leads unless the first heading says the same. */
function join(page: Page): string {
  const title = page.title.replace(/\s+/g, ' ').trim();
  const first = page.parts.find(({ mark }) => mark.startsWith('#'));
  let text = title === '' || first?.text === title ? '' : `# ${title}`;
  let previous = '';
  for (const part of page.parts) {
    const gap = text === '' ? '' : part.mark === '- ' && previous === '- ' ? '\n' : '\n\n';
    text += `${gap}${part.mark === '```' ? `\`\`\`\n${part.text}\n\`\`\`` : `${part.mark}${part.text}`}`;
    previous = part.mark;
  }
  return text;
}
