// Strings of other people's making in the Markdown that Headgate writes: names, titles, summaries. They must read as they
// are, and must not become links, pictures, HTML or front matter of their own.
import { escapeForDisplay } from '../../shared/gate/names.ts';

/** A name or title on one line, every mark shown as itself. */
export function escapeName(name: string): string {
  return escapeForDisplay(name.replace(/\s+/gu, ' ').trim())
    .replace(/[\\`*_{}[\]<>#|~&$]/g, '\\$&')
    .replace(/^(?=[-+=])/, '\\')
    .replace(/^(\d+)(?=[.)])/, '$1\\');
}

/** Prose on one line: no links, pictures, HTML, code or block marks come to life in it. */
export function escapeProse(text: string): string {
  const line = text
    .replace(/\p{Cc}+|\s+/gu, ' ')
    .trim()
    .replace(/[\\`[\]<>|]/g, '\\$&');
  return line.replace(/^(?=[#>+*=~-])/, '\\').replace(/^(\d+)(?=[.)])/, '$1\\');
}

/** One YAML value: text always double-quoted, with everything that does not print written as an escape. */
export function yamlValue(value: string | number | readonly string[]): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return `[${value.map(yamlValue).join(', ')}]`;
  const quoted = JSON.stringify(value.toWellFormed());
  return quoted.replace(/[\u007F-\u009F\u2028\u2029\uFEFF\p{Cf}]/gu, (char) =>
    char.length > 1 ? `\\U${hex(char, 8)}` : `\\u${hex(char, 4)}`,
  );
}

/** Front matter of the given fields; those that are `undefined`, empty or have no entries are left out. */
export function frontMatter(fields: Readonly<Record<string, string | number | readonly string[] | undefined>>): string {
  const lines = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined || value === '' || (typeof value === 'object' && value.length === 0) ? [] : [`${key}: ${yamlValue(value)}`],
  );
  return `---\n${lines.join('\n')}\n---\n`;
}

function hex(char: string, digits: number): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(digits, '0');
}
