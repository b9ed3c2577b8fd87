// From a run's values to an argument array: a pure decision by the command's schema. Values come from anywhere; what does
// not fit is refused with its reasons, never mended. Files stay named by place: the host opens them through the gate and
// puts the path in. No shell ever sees the result.
import * as z from 'zod';
import type { GrantId } from '../ids.ts';
import { type CommandGrant, type CommandSlot, isFreeSlot, MAX_VALUE_CHARS } from './commands.ts';
import { parseLinearPattern } from './linear-pattern.ts';
import { utf8Length } from './names.ts';

/** One value: a text (for a file: its path in the working folder), a number, or which of the step's targets. */
const One = z.union([z.string().max(MAX_VALUE_CHARS * 2), z.int(), z.strictObject({ target: z.int().min(0).max(199) })]);
type One = z.infer<typeof One>;
/** By the name of the argument; `true` sets a switch. */
export const CommandValues = z.record(z.string().max(40), z.union([z.boolean(), One, z.array(One).max(100)]));
export type CommandValues = z.infer<typeof CommandValues>;

export interface FilePiece {
  /** Stands before the path, in the same word. */
  prefix: string;
  use: 'read' | 'write' | 'replace';
  from: { target: number } | { path: string; grant: GrantId | null };
  name: string;
}
export type Piece = { word: string } | { file: FilePiece };
export type ArgumentsDecision = { effect: 'allow'; pieces: Piece[] } | { effect: 'deny'; reasons: string[] };

/** Of all words together, in UTF-8 bytes. */
const MAX_LINE_BYTES = 65_536;

export function decideArguments(command: Pick<CommandGrant, 'arguments' | 'doubleDash'>, values: CommandValues): ArgumentsDecision {
  const reasons: string[] = [];
  const pieces: Piece[] = [];
  let dashed = false;
  const known = new Set(command.arguments.flatMap((argument) => (argument.kind === 'literal' ? [] : [argument.name])));
  for (const name of Object.keys(values)) if (!known.has(name)) reasons.push(`there is no argument ${show(name)}`);
  for (const argument of command.arguments) {
    if (argument.kind === 'literal') {
      pieces.push({ word: argument.text });
      continue;
    }
    const value = Object.hasOwn(values, argument.name) ? values[argument.name] : undefined;
    if (argument.kind === 'switch') {
      if (value === true) pieces.push({ word: argument.text });
      else if (value !== undefined && value !== false) reasons.push(`${argument.name} is on or off`);
      continue;
    }
    const given = value === undefined ? [] : Array.isArray(value) ? value : [value];
    if (given.length === 0 && !argument.optional) reasons.push(`${argument.name} is missing`);
    if (given.length > argument.most)
      reasons.push(argument.most === 1 ? `${argument.name} takes one value` : `${argument.name} takes at most ${argument.most} values`);
    for (const one of given.slice(0, argument.most)) {
      const made = pieceOf(argument, one, command.doubleDash);
      if (typeof made === 'string') {
        reasons.push(made);
        continue;
      }
      if (isFreeSlot(argument) && command.doubleDash && !dashed) {
        pieces.push({ word: '--' });
        dashed = true;
      }
      if (argument.option?.joined === false) pieces.push({ word: argument.option.text });
      pieces.push(made);
    }
  }
  const bytes = pieces.reduce((sum, piece) => sum + 1 + ('word' in piece ? utf8Length(piece.word) : MAX_VALUE_CHARS), 0);
  if (bytes > MAX_LINE_BYTES) reasons.push('the command line is too long');
  return reasons.length === 0 ? { effect: 'allow', pieces } : { effect: 'deny', reasons: reasons.slice(0, 12) };
}

/** One value as a word or a file, or the reason why it does not fit. */
function pieceOf(slot: CommandSlot, value: One | boolean, doubleDash: boolean): Piece | string {
  const prefix = slot.option?.joined === true ? slot.option.text : '';
  if (typeof value === 'boolean') return `${slot.name} needs a value`;
  if (slot.kind === 'file') {
    if (typeof value === 'number') return `${slot.name} is a file`;
    if (typeof value === 'object')
      return slot.use === 'read'
        ? { file: { prefix, use: slot.use, from: value, name: slot.name } }
        : `${slot.name} is a file to make, so it is named by its path`;
    if (value === '' || hasUnprintable(value)) return `${slot.name} names no file`;
    return { file: { prefix, use: slot.use, from: { path: value, grant: slot.grant ?? null }, name: slot.name } };
  }
  if (typeof value === 'object') return `${slot.name} is no file`;
  const why = whyNot(slot, value);
  if (why !== null) return why;
  const word = String(value);
  // A choice is a word that the person wrote; anything else could pass for an option where none is joined to it or `--` stands before it.
  const readAsOption = word.startsWith('-') && prefix === '' && !(isFreeSlot(slot) && doubleDash);
  if (readAsOption && slot.kind !== 'choice') return `${slot.name} begins with a dash, which could be read as an option`;
  return { word: prefix + word };
}

function whyNot(slot: Exclude<CommandSlot, { kind: 'file' }>, value: string | number): string | null {
  switch (slot.kind) {
    case 'choice':
      return slot.values.includes(String(value)) ? null : `${slot.name} is one of ${slot.values.join(', ').slice(0, 200)}`;
    case 'int': {
      const number = typeof value === 'number' ? value : /^-?(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : Number.NaN;
      return Number.isInteger(number) && number >= slot.min && number <= slot.max
        ? null
        : `${slot.name} is a number from ${slot.min} to ${slot.max}`;
    }
    case 'text': {
      const text = String(value);
      if (hasUnprintable(text)) return `${slot.name} holds a character that no command line has`;
      if (text.length > slot.maxLength) return `${slot.name} is longer than ${slot.maxLength} characters`;
      return parseLinearPattern(slot.pattern).matches(text) ? null : `${slot.name} is not of the form that was allowed`;
    }
  }
}

/** Line breaks, NUL and other control characters, and half a character. */
function hasUnprintable(text: string): boolean {
  return /[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text);
}

function show(name: string): string {
  return name.replace(/[^a-z0-9-]/gi, '?').slice(0, 40);
}
