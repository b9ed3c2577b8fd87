// What completion offers where, read from the table of commands: the same for every shell.
import type { FlagTable } from '../arguments.ts';
import { COMMANDS, COMMON_FLAGS, type CommandName, type CommandRow } from '../commands.ts';

/** `file`: the names of files · words: one of them, or whatever the person types where there are none. */
export type Offers = 'file' | readonly string[];

export function tableOf(name: CommandName): FlagTable {
  const row: CommandRow = COMMANDS[name];
  return { ...row.flags, ...COMMON_FLAGS };
}

export function flagsOf(name: CommandName): string[] {
  return Object.keys(tableOf(name)).map((flag) => `--${flag}`);
}

/** What is offered as the value of each flag that takes one. */
export function valuesOf(name: CommandName): { flag: string; offers: Offers }[] {
  return Object.entries(tableOf(name)).flatMap(([flag, { type, choices, value }]) =>
    type === 'string' ? [{ flag, offers: choices ?? (/^(DIR|FILE)/.test(value ?? '') ? ('file' as const) : []) }] : [],
  );
}

/** What is offered at each place of a command's words; the last goes for all behind it. */
export function placesOf(name: CommandName): readonly Offers[] {
  const row: CommandRow = COMMANDS[name];
  return row.places ?? [];
}
