// A command's arguments as people write and read them, in the manner of a usage line:
//
//   --standalone  --to=<to:html|docx>  '[-o <out:write>]'  '<in:read>...'
//
// Plain words stand there as they are. `<name:kind>` is filled in by a run; kinds: `read`, `write` (a new file), `replace`
// (a file that may be there), `a|b|c` (one of these), `1..9` (a number), `/pattern/` or `/pattern/80` (a text of that form
// and length), `text` or nothing (any text of one line). In `[ ]` it may be left out; `...` after it: more than one. An
// option and its value are one word (`'-o <out>'`), or two that follow each other; after a plain `--` values stand free.
import type { CommandArgument, CommandSlot } from './commands.ts';

const SLOT = /^([^<>]*)<([a-z][a-z0-9-]{0,31})(?::(.+))?>$/s;
const ANY_TEXT = { pattern: '.*', maxLength: 200 } as const;
const MOST = 100;

type Parsed = { arguments: CommandArgument[]; problems: string[] };

/** Reads the words of a template. What cannot be read is told in `problems`. */
export function parseCommandTemplate(words: readonly string[]): Parsed {
  const parsed: Parsed = { arguments: [], problems: [] };
  let freeFromHere = false;
  for (const word of words) {
    if (word === '--') {
      freeFromHere = true;
      continue;
    }
    const argument = parseWord(word);
    if (typeof argument === 'string') {
      parsed.problems.push(argument);
      continue;
    }
    const last = parsed.arguments.at(-1);
    // `-o <out>`: the value of the option before it.
    const option = last?.kind === 'literal' && /^-[^=]+$/.test(last.text) && !freeFromHere ? last.text : null;
    if (
      option !== null &&
      argument.kind !== 'literal' &&
      argument.kind !== 'switch' &&
      argument.option === undefined &&
      !argument.optional
    ) {
      parsed.arguments.pop();
      parsed.arguments.push({ ...argument, option: { text: option, joined: false } });
    } else parsed.arguments.push(argument);
  }
  return parsed;
}

function parseWord(word: string): CommandArgument | string {
  const bracketed = /^\[(.+)\](\.\.\.)?$/s.exec(word);
  const optional = bracketed !== null;
  const inner = bracketed?.[1] ?? word;
  const repeated = bracketed?.[2] !== undefined || inner.endsWith('>...');
  const body = inner.endsWith('>...') ? inner.slice(0, -3) : inner;
  const slot = SLOT.exec(body);
  if (slot === null) {
    if (/[<>]/.test(body)) return `${word} cannot be read: a place to fill in is <name> or <name:kind>.`;
    return optional ? { kind: 'switch', name: switchName(body), text: body } : { kind: 'literal', text: body };
  }
  const [, before = '', name = '', kind] = slot;
  const option = before === '' ? undefined : { text: before.trimEnd(), joined: !/\s$/.test(before) };
  const head = { name, ...(option && { option }), optional, most: repeated ? MOST : 1 };
  return (
    parseKind(head, kind) ?? `${word}: ${kind} is no kind of argument. There are read, write, replace, text, a|b|c, 1..9 and /pattern/.`
  );
}

function parseKind(head: Pick<CommandSlot, 'name' | 'option' | 'optional' | 'most'>, kind = 'text'): CommandSlot | null {
  if (kind === 'text') return { kind: 'text', ...head, ...ANY_TEXT };
  if (kind === 'read' || kind === 'write' || kind === 'replace') return { kind: 'file', ...head, use: kind };
  const range = /^(-?\d{1,15})\.\.(-?\d{1,15})$/.exec(kind);
  if (range !== null) return { kind: 'int', ...head, min: Number(range[1]), max: Number(range[2]) };
  const pattern = /^\/(.*)\/(\d{1,4})?$/s.exec(kind);
  if (pattern !== null) return { kind: 'text', ...head, pattern: pattern[1] ?? '', maxLength: Number(pattern[2] ?? ANY_TEXT.maxLength) };
  return kind.includes('|') ? { kind: 'choice', ...head, values: kind.split('|') } : null;
}

/** `--with-toc` → `with-toc`. */
function switchName(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[-0-9]+|-+$/g, '')
      .slice(0, 32) || 'switch'
  );
}

/** The same the other way, for a list of what is allowed. */
export function showCommandTemplate(command: readonly CommandArgument[]): string[] {
  return command.map((argument) => {
    if (argument.kind === 'literal') return argument.text;
    if (argument.kind === 'switch') return `[${argument.text}]`;
    const { option, optional, most } = argument;
    const before = option === undefined ? '' : option.joined ? option.text : `${option.text} `;
    const slot = `${before}<${argument.name}${showKind(argument)}>`;
    return `${optional ? `[${slot}]` : slot}${most > 1 ? '...' : ''}`;
  });
}

function showKind(slot: CommandSlot): string {
  switch (slot.kind) {
    case 'file':
      return `:${slot.use}`;
    case 'choice':
      return `:${slot.values.join('|')}`;
    case 'int':
      return `:${slot.min}..${slot.max}`;
    case 'text':
      return slot.pattern === ANY_TEXT.pattern && slot.maxLength === ANY_TEXT.maxLength ? '' : `:/${slot.pattern}/${slot.maxLength}`;
  }
}
