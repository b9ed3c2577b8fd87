// All that a command says. With `--json` exactly one document goes to stdout and nothing else; otherwise calm lines,
// aligned, coloured only on a terminal that has not asked for none (NO_COLOR). Progress goes to stderr.
import { styleText } from 'node:util';
import { escapeForDisplay } from '../../shared/gate/names.ts';

export type Paint = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

export interface Output {
  readonly json: boolean;
  /** A line for people. Silent with `--json`. */
  line(text?: string): void;
  /** Rows as aligned columns, two spaces apart. Silent with `--json`. */
  table(rows: readonly (readonly string[])[]): void;
  /** The one document. Silent without `--json`. */
  document(value: unknown): void;
  /** Something beside the result, on stderr. */
  note(text: string): void;
  /** Where a long command stands: one line that is drawn again on a terminal, plain lines elsewhere. */
  progress(text: string): void;
  /** Takes the line of progress away. */
  endProgress(): void;
  paint(paint: Paint, text: string): string;
}

export interface Streams {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

export function createOutput(json: boolean, { stdout, stderr }: Streams = process): Output {
  let drawn = '';
  const endProgress = () => {
    if (drawn !== '' && stderr.isTTY) stderr.write('\r\u001b[K');
    drawn = '';
  };
  const write = (stream: NodeJS.WriteStream, text: string) => {
    endProgress();
    stream.write(`${calm(text)}\n`);
  };
  return {
    json,
    line: (text = '') => {
      if (!json) write(stdout, text);
    },
    table: (rows) => {
      if (!json) for (const line of alignColumns(rows)) write(stdout, line);
    },
    document: (value) => {
      if (!json) return;
      endProgress();
      stdout.write(`${JSON.stringify(value, null, 2).replace(STEERS_IN_JSON, escapeInJson)}\n`);
    },
    note: (text) => write(stderr, text),
    progress: (wish) => {
      const text = calm(wish);
      if (text === drawn) return;
      if (stderr.isTTY) stderr.write(`\r\u001b[K${cutToWidth(text, stderr.columns - 1)}`);
      else stderr.write(`${text}\n`);
      drawn = text;
    },
    endProgress,
    paint: (paint, text) => styleText(paint, text, { stream: stdout }),
  };
}

/** Those of `paint`, and what ends them. */
const OWN_COLOURS = /(\u001b\[(?:1|2|22|31|32|33|36|39)m|[\n\t])/;

/** The last look, whoever made the words: nothing but our own colours steers a terminal. */
function calm(text: string): string {
  return text
    .split(OWN_COLOURS)
    .map((part, index) => (index % 2 === 0 ? escapeForDisplay(part) : part))
    .join('');
}

/** What JSON leaves as it is and a terminal does not. */
const STEERS_IN_JSON = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function escapeInJson(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Columns two spaces apart; colours count for nothing, the last column is left as it is. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, visibleLength(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - visibleLength(cell))))
      .join('  ')
      .trimEnd(),
  );
}

function visibleLength(text: string): number {
  return [...text.replace(/\u001b\[[0-9;]*m/g, '')].length;
}

function cutToWidth(text: string, width: number): string {
  const chars = [...text];
  return !(width > 1) || chars.length <= width ? text : `${chars.slice(0, width - 1).join('')}…`;
}

/** A name or title from files and pages, safe to print. */
export function shown(text: string): string {
  return escapeForDisplay(text);
}

/** Local time as `2026-11-21 02:34`. */
export function formatTime(at: number): string {
  const date = new Date(at);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `43` → `43 ms`, `850` → `0.9 s`. */
export function formatDuration(ms: number): string {
  if (ms < 100) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
