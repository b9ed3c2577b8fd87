// Completion for fish, made from the table of commands. fish itself knows of flags and their values; which command is being
// typed, and which of its words, is asked of a function of the script's own.
import { COMMAND_NAMES, COMMANDS, type CommandName } from '../commands.ts';
import { type Offers, placesOf, tableOf, valuesOf } from './offers.ts';

export function forFish(): string {
  return [
    WHERE,
    'complete -c headgate -f',
    ...['help', ...COMMAND_NAMES].map(
      (name) =>
        `complete -c headgate -n __headgate_first -a ${name} -d ${quote(name === 'help' ? 'Show help' : COMMANDS[name as CommandName].says)}`,
    ),
    `complete -c headgate -n ${quote('__headgate_at help 0')} -a ${quote(COMMAND_NAMES.join(' '))}`,
    ...COMMAND_NAMES.flatMap((name) => [...placesFor(name), ...flagsFor(name)]),
  ].join('\n');
}

/** `__headgate_at COMMAND [FROM [TO]]`: it is this command, and the word that is typed is one from place FROM to TO. */
const WHERE = `function __headgate_first
  test (count (commandline -opc)) -eq 1
end
function __headgate_at
  set -l typed (commandline -opc)
  test (count $typed) -gt 1 -a "$typed[2]" = $argv[1]; or return 1
  test (count $argv) -gt 1; or return 0
  set -l at 0
  set -l before $typed[1]
  set -e typed[1 2]
  for word in $typed
    if not string match -q -- '-*' $word; and not contains -- "$argv[1] $before" $__headgate_valued
      set at (math $at + 1)
    end
    set before $word
  end
  test $at -ge $argv[2]; and test (count $argv) -lt 3 -o $at -le "$argv[3]"
end
set -g __headgate_valued ${COMMAND_NAMES.flatMap((name) => valuesOf(name).map(({ flag }) => quote(`${name} --${flag}`))).join(' ')}`;

function placesFor(name: CommandName): string[] {
  return placesOf(name).map((offers, at, all) => {
    const where = `__headgate_at ${name} ${at}${at === all.length - 1 ? '' : ` ${at}`}`;
    return `complete -c headgate -n ${quote(where)}${offering(offers)}`;
  });
}

function flagsFor(name: CommandName): string[] {
  const values = new Map(valuesOf(name).map(({ flag, offers }) => [flag, offers]));
  return Object.entries(tableOf(name)).map(([flag, { says }]) => {
    const offers = values.get(flag);
    const value = offers === undefined ? '' : ` -r${offering(offers)}`;
    return `complete -c headgate -n ${quote(`__headgate_at ${name}`)} -l ${flag} -d ${quote(says)}${value}`;
  });
}

/** Files only where they are meant. */
function offering(offers: Offers): string {
  return offers === 'file' ? ' -F' : offers.length === 0 ? ' -f' : ` -f -a ${quote(offers.join(' '))}`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
