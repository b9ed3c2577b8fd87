// Reads text line by line and takes Markdown apart as far as prose needs it: what is not prose (front matter, code
// fences, tables, rules, link targets) disappears, what carries structure (headings, list items) is marked.
// It is no Markdown parser: plain text, mail and text out of a PDF go through it as well and must come out whole.

/**
 * One line. `text` is as long as the line was, so that offsets hold; each character that is markup has become NUL,
 * and `&nbsp;` six spaces.
 * A `blank` line separates paragraphs; lines that are not prose come out as blank.
 */
export interface Line {
  kind: 'text' | 'heading' | 'item' | 'blank';
  text: string;
  start: number;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const FRONT_MATTER = /^---[ \t]*\r?$/;
const RULE = /^(?:[-*_=~#+.—–─═]\s?){3,}$/;
const UNDERLINE = /^(?:=+|-{2,})$/;
const LINK_DEFINITION = /^\[[^\]]{1,200}\]:\s/;
const TABLE_RULE = /^\|?[ \t]{0,9}:?-{2,}:?(?:[ \t]{0,9}\|[ \t]{0,9}:?-{2,}:?)*(?:[ \t]{0,9}\|)?$/;
const TABLE_ROW = /^\|.*\|$/;
const NOT_PROSE = [RULE, TABLE_ROW, LINK_DEFINITION];
const QUOTE = /^(?:\s{0,3}>\s?)+/;
const HEADING = /^\s{0,3}#{1,6}\s+/;
const BULLET = /^\s*[-*+•▪◦‣·]\s+(?:\[[ xX]\]\s+)?/;
const NUMBERED = /^\s*(?:\d{1,3}[.)]|[a-z]\)|[–—])\s+/;
const ENDS_THOUGHT = /[.:;!?…][\s"'”“’»)\]]*$/;

/** The lines of a text with markup taken out. Lengths and offsets are those of the text. */
export function readLines(text: string): Line[] {
  const lines: Line[] = [];
  let fence: string | undefined;
  let start = 0;
  const raw = text.split('\n');
  let index = skipFrontMatter(raw, lines);
  for (const line of lines) start += line.text.length + 1;
  for (; index < raw.length; index += 1) {
    const line = raw[index] ?? '';
    const mark = FENCE.exec(line)?.[1];
    const isFenced = fence !== undefined || mark !== undefined;
    if (isFenced) fence = nextFence(fence, mark, line);
    lines.push(isFenced ? blank(line, start) : readLine(line, start, lines));
    start += line.length + 1;
  }
  return lines;
}

/** Front matter counts only at the very top, and only when it is closed within 100 lines. */
function skipFrontMatter(raw: readonly string[], lines: Line[]): number {
  if (!FRONT_MATTER.test(raw[0] ?? '')) return 0;
  const close = raw.slice(1, 101).findIndex((line) => FRONT_MATTER.test(line));
  if (close === -1) return 0;
  let start = 0;
  for (const line of raw.slice(0, close + 2)) {
    lines.push(blank(line, start));
    start += line.length + 1;
  }
  return close + 2;
}

/** Which fence is open after this line; as in CommonMark, one that is never closed runs to the end. */
function nextFence(open: string | undefined, mark: string | undefined, line: string): string | undefined {
  if (open === undefined) return mark;
  const closes = mark !== undefined && mark[0] === open[0] && mark.length >= open.length;
  return closes && line.trim() === mark ? undefined : open;
}

function readLine(line: string, start: number, before: Line[]): Line {
  const previous = before.at(-1);
  const bare = line.trim();
  if (previous?.kind === 'text' && UNDERLINE.test(bare)) return underline(previous, line, start);
  if (bare.includes('|') && TABLE_RULE.test(bare)) return tableRule(previous, line, start);
  if (bare === '' || NOT_PROSE.some((pattern) => pattern.test(bare))) return blank(line, start);
  const body = maskPrefix(line, QUOTE);
  if (HEADING.test(body)) return { kind: 'heading', text: maskInline(maskPrefix(body, HEADING)), start };
  const prefix = [BULLET, NUMBERED].find((pattern) => pattern.test(body));
  const isItem = prefix === BULLET || (prefix === NUMBERED && canStartList(previous));
  if (isItem && prefix) return { kind: 'item', text: maskInline(maskPrefix(body, prefix)), start };
  return { kind: 'text', text: maskInline(body), start };
}

function underline(previous: Line, line: string, start: number): Line {
  previous.kind = 'heading';
  return blank(line, start);
}

/** The row above a table's rule is its header, whether or not it is framed by bars. */
function tableRule(previous: Line | undefined, line: string, start: number): Line {
  if (previous?.text.includes('|')) Object.assign(previous, blank(previous.text, previous.start));
  return blank(line, start);
}

/** In wrapped prose a line may begin with "3. Mai": a number opens a list only where the line before is complete. */
function canStartList(previous: Line | undefined): boolean {
  return previous?.kind !== 'text' || ENDS_THOUGHT.test(previous.text);
}

const INLINE: readonly { pattern: RegExp; keep: RegExp | null }[] = [
  { pattern: /!\[[^[\]]{0,500}\]\([^()]{0,2000}\)/g, keep: null },
  { pattern: /\[\[[^[\]]{1,500}\]\]/g, keep: /[^[\]|]+(?=\]\]$)/ },
  { pattern: /\[[^[\]]{1,500}\]\((?:[^()]|\([^()]{0,500}\)){0,2000}\)/g, keep: /[^[\]]+(?=\])/ },
  { pattern: /\[[^[\]]{1,500}\]\[[^[\]]{0,200}\]/g, keep: /[^[\]]+(?=\])/ },
  { pattern: /\[\^[^[\]]{1,50}\]|(?<=[.,;:!?"”»)\]])\[\d{1,3}\]/g, keep: null },
  { pattern: /<https?:[^<>\s]{1,2000}>/g, keep: /[^<>]+/ },
  { pattern: /<!--[^<>]{0,2000}-->/g, keep: null },
  {
    pattern:
      /<\/?(?:a|abbr|b|br|code|del|details|div|em|figure|font|h[1-6]|hr|i|img|kbd|li|mark|ol|p|pre|s|small|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul)(?:\s[^<>]{0,1000})?\/?>/gi,
    keep: null,
  },
  { pattern: /\*{2,3}(?=\S)|(?<=\S)\*{2,3}|~~|`+|[\u00ad\u200b\ufeff]/g, keep: null },
  { pattern: /(?<![\p{L}\p{N}])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?![\p{L}\p{N}])/gu, keep: null },
  { pattern: /&amp;/g, keep: /^&/ },
  { pattern: /\\(?=[*_#[\]()`\\>~|-])/g, keep: null },
];

function maskInline(line: string): string {
  const spaced = line.replaceAll('&nbsp;', '      ');
  return INLINE.reduce((text, { pattern, keep }) => text.replace(pattern, (found) => maskFound(found, keep)), spaced);
}

function maskFound(found: string, keep: RegExp | null): string {
  const kept = keep?.exec(found);
  if (!kept) return '\0'.repeat(found.length);
  return '\0'.repeat(kept.index) + kept[0] + '\0'.repeat(found.length - kept.index - kept[0].length);
}

function maskPrefix(line: string, prefix: RegExp): string {
  return line.replace(prefix, (found) => '\0'.repeat(found.length));
}

function blank(line: string, start: number): Line {
  return { kind: 'blank', text: '\0'.repeat(line.length), start };
}
