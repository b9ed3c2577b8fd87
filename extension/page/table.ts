// A data table as a GitHub-flavoured Markdown table (https://github.github.com/gfm/#tables-extension-).

const MAX_COLUMNS = 40;

/**
 * The table in Markdown, or `null` when it is no data table (one cell or one column, or tables inside it: a layout), so
 * that its content is kept as it is. `convert` makes Markdown of one cell, or of the caption.
 */
export function tableToMarkdown(table: HTMLTableElement, convert: (part: Element) => string): string | null {
  if (table.querySelector('table') !== null) return null;
  const rows = [...table.querySelectorAll('tr')].map((row) => [...row.children].filter(isCell));
  const columns = Math.max(0, ...rows.map(widthOf));
  if (rows.length === 0 || columns < 2 || columns > MAX_COLUMNS) return null;
  const [head = [], ...body] = rows;
  const hasHead = head.length > 0 && head.every((cell) => cell.nodeName === 'TH' || cell.closest('thead') !== null);
  const lines = [
    hasHead ? rowOf(head, columns, convert) : rowOf([], columns, convert),
    `| ${alignments(head, columns).join(' | ')} |`,
    ...(hasHead ? body : rows).filter((row) => row.length > 0).map((row) => rowOf(row, columns, convert)),
  ];
  const caption = table.querySelector('caption');
  const words = caption === null ? '' : inOneLine(convert(caption));
  return `\n\n${words === '' ? '' : `${words}\n\n`}${lines.join('\n')}\n\n`;
}

function isCell(element: Element): boolean {
  return element.nodeName === 'TD' || element.nodeName === 'TH';
}

function spanOf(cell: Element): number {
  const span = Number(cell.getAttribute('colspan') ?? 1);
  return Number.isInteger(span) && span >= 1 ? Math.min(span, MAX_COLUMNS) : 1;
}

function widthOf(row: readonly Element[]): number {
  return row.reduce((width, cell) => width + spanOf(cell), 0);
}

function rowOf(row: readonly Element[], columns: number, convert: (cell: Element) => string): string {
  const cells = row.flatMap((cell) => [inOneLine(convert(cell)), ...Array<string>(spanOf(cell) - 1).fill('')]);
  while (cells.length < columns) cells.push('');
  return `| ${cells.join(' | ')} |`;
}

function inOneLine(markdown: string): string {
  return markdown
    .trim()
    .replace(/\|/g, '\\|')
    .replace(/\s*\n\s*/g, '<br>');
}

function alignments(head: readonly Element[], columns: number): string[] {
  const marks = head.flatMap((cell) => Array<string>(spanOf(cell)).fill(markOf(cell)));
  while (marks.length < columns) marks.push('---');
  return marks.slice(0, columns);
}

function markOf(cell: Element): string {
  const align = cell.getAttribute('align') ?? /text-align:\s*(left|center|right)/.exec(cell.getAttribute('style') ?? '')?.[1];
  return { left: ':--', center: ':-:', right: '--:' }[align ?? ''] ?? '---';
}
