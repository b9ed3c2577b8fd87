// Completion for zsh, made from the table of commands, by its own `_arguments`. The script can be sourced after `compinit`,
// and can lie in a folder of `fpath` as `_headgate`: there its first call is the file itself, which then has to complete.
import { COMMAND_NAMES, COMMANDS, type CommandName } from '../commands.ts';
import { type Offers, placesOf, tableOf, valuesOf } from './offers.ts';

export function forZsh(): string {
  const described = COMMAND_NAMES.map((name) => quote(`${name}:${COMMANDS[name].says.replaceAll(':', '\\:')}`));
  return [
    '#compdef headgate',
    '_headgate() {',
    '  local -a commands',
    `  commands=('help:Show help' ${described.join(' ')})`,
    '  if (( CURRENT == 2 )); then',
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  local command="$words[2]"',
    '  shift words',
    '  (( CURRENT-- ))',
    '  case "$command" in',
    `    help) _arguments '1:command:((${COMMAND_NAMES.join(' ')}))' ;;`,
    ...COMMAND_NAMES.map((name) => `    ${name}) _arguments -S ${[...flagSpecs(name), ...placeSpecs(name)].map(quote).join(' ')} ;;`),
    '  esac',
    '}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's own.
    'if [[ "${funcstack[1]}" = _headgate ]]; then _headgate "$@"; else compdef _headgate headgate; fi',
  ].join('\n');
}

/** `*`: may be repeated · `=`: the value is the rest of the word, or the next one. */
function flagSpecs(name: CommandName): string[] {
  const values = new Map(valuesOf(name).map(({ flag, offers }) => [flag, offers]));
  return Object.entries(tableOf(name)).map(([flag, { says, multiple, value }]) => {
    const offers = values.get(flag);
    const head = `${multiple ? '*' : ''}--${flag}`;
    if (offers === undefined) return `${head}[${escaped(says)}]`;
    return `${head}=[${escaped(says)}]:${(value ?? flag).replaceAll(':', '\\:')}:${action(offers)}`;
  });
}

function placeSpecs(name: CommandName): string[] {
  return placesOf(name).map((offers, at, all) => `${at === all.length - 1 ? '*' : at + 1}:word:${action(offers)}`);
}

function action(offers: Offers): string {
  return offers === 'file' ? '_files' : offers.length === 0 ? ' ' : `(${offers.join(' ')})`;
}

function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
