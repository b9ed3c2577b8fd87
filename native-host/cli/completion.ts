// `headgate completion bash|zsh|fish`: completion made from the table of commands.
import { type FlagTable, UsageError } from './arguments.ts';
import { COMMAND_NAMES, COMMANDS, COMMON_FLAGS, type CallOf, type CommandName, type CommandRow } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';

const SHELLS: Readonly<Record<string, () => string>> = { bash: forBash, zsh: forZsh, fish: forFish };

export async function run({ words, out }: CallOf<'completion'>): Promise<Exit> {
  const [shell = ''] = words;
  const make = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (make === undefined) throw new UsageError(`There is no completion for "${shell}", only for ${Object.keys(SHELLS).join(', ')}.`);
  out.document({ completion: make() });
  out.line(make());
  return EXIT.ok;
}

function flagsOf(name: CommandName): string[] {
  return Object.keys(tableOf(COMMANDS[name])).map((flag) => `--${flag}`);
}

function tableOf(row: CommandRow): FlagTable {
  return { ...row.flags, ...COMMON_FLAGS };
}

function forBash(): string {
  const cases = COMMAND_NAMES.map((name) => `    ${name}) words="${flagsOf(name).join(' ')}" ;;`);
  return [
    '_headgate() {',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's own.
    '  local word="$2" words command="${COMP_WORDS[1]}"',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "help ${COMMAND_NAMES.join(' ')}" -- "$word"))`,
    '    return',
    '  fi',
    '  case "$command" in',
    ...cases,
    `    help) words="${COMMAND_NAMES.join(' ')}" ;;`,
    '  esac',
    '  if [[ "$word" = -* || "$command" = help ]]; then',
    '    COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '  else',
    '    COMPREPLY=($(compgen -f -- "$word"))',
    '  fi',
    '}',
    'complete -o filenames -F _headgate headgate',
  ].join('\n');
}

function forZsh(): string {
  const says = (name: CommandName) => COMMANDS[name].says.replaceAll("'", "'\\''").replaceAll(':', '\\:');
  return [
    '#compdef headgate',
    '_headgate() {',
    '  if (( CURRENT == 2 )); then',
    '    local -a commands',
    `    commands=(${COMMAND_NAMES.map((name) => `'${name}:${says(name)}'`).join(' ')})`,
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  case "$words[2]" in',
    ...COMMAND_NAMES.map((name) => `    ${name}) compadd -- ${flagsOf(name).join(' ')} ;;`),
    '  esac',
    '  _files',
    '}',
    'compdef _headgate headgate',
  ].join('\n');
}

function forFish(): string {
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = COMMAND_NAMES.flatMap((name) => {
    const row: CommandRow = COMMANDS[name];
    const flags = Object.entries(tableOf(row)).map(
      ([flag, { says, type, choices }]) =>
        `complete -c headgate -n "__fish_seen_subcommand_from ${name}" -l ${flag} -d ${quote(says)}${type === 'string' ? ' -r' : ''}${choices ? ` -f -a ${quote(choices.join(' '))}` : ''}`,
    );
    return [`complete -c headgate -n __fish_use_subcommand -f -a ${name} -d ${quote(row.says)}`, ...flags];
  });
  return lines.join('\n');
}
