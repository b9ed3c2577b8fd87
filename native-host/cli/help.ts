// Help, made from the table of commands alone.
import type { FlagTable } from './arguments.ts';
import { COMMAND_NAMES, COMMANDS, COMMON_FLAGS, type CommandRow } from './commands.ts';
import { alignColumns } from './output.ts';

/** The overview that `headgate` and `headgate help` show. */
export function overview(): string {
  const rows = COMMAND_NAMES.map((name): [string, CommandRow] => [name, COMMANDS[name]]).filter(([, row]) => row.hidden !== true);
  return [
    'Headgate: a cloud brain for your files, without your files in the cloud.',
    '',
    'Usage: headgate COMMAND [ARGUMENTS]',
    '',
    ...alignColumns(rows.map(([name, row]) => [`  ${name}`, row.says])),
    '',
    'headgate COMMAND --help says more. Every command takes --json. In a checkout it is "npx headgate" until "npm link" there.',
    'Exit codes: 0 ok · 1 failed · 2 usage · 3 host, agent or cloud not reachable · 4 not paired · 5 refused',
  ].join('\n');
}

/** How a command is called. */
export function usageOf(name: string, { usage }: CommandRow): string {
  return `headgate ${name}${usage === '' ? '' : ` ${usage}`}`;
}

/** The help of one command. */
export function helpOf(name: string, row: CommandRow): string {
  const table: FlagTable = { ...row.flags, ...COMMON_FLAGS };
  const flags = Object.entries(table);
  const lines = [`${row.says}.`, '', `Usage: ${usageOf(name, row)}`, ''];
  lines.push(
    ...alignColumns(
      flags.map(([flag, { value, short, says }]) => [`  --${flag}${value ? ` ${value}` : ''}${short ? `, -${short}` : ''}`, says]),
    ),
  );
  if (row.more) lines.push('', ...row.more);
  if (row.examples) lines.push('', 'Examples:', ...row.examples.map((example) => `  ${example}`));
  return lines.join('\n');
}
