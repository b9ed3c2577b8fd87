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

/** What is offered as the value of each flag that takes one. */
function valuesOf(name: CommandName): { flag: string; offers: 'file' | readonly string[] }[] {
  return Object.entries(tableOf(COMMANDS[name])).flatMap(([flag, { type, choices, value }]) =>
    type === 'string' ? [{ flag, offers: choices ?? (/^(DIR|FILE)/.test(value ?? '') ? ('file' as const) : []) }] : [],
  );
}

function placesOf(name: CommandName): NonNullable<CommandRow['places']> {
  const row: CommandRow = COMMANDS[name];
  return row.places ?? [];
}

function takesFiles(name: CommandName): boolean {
  return placesOf(name).includes('file') || valuesOf(name).some(({ offers }) => offers === 'file');
}

function forBash(): string {
  const flags = COMMAND_NAMES.map((name) => `    ${name}) words="${flagsOf(name).join(' ')}" ;;`);
  const values = COMMAND_NAMES.flatMap((name) =>
    valuesOf(name).map(
      ({ flag, offers }) => `    "${name} --${flag}") ${offers === 'file' ? 'files=yes' : `words="${offers.join(' ')}"`} ;;`,
    ),
  );
  const places = COMMAND_NAMES.flatMap((name) =>
    placesOf(name).map(
      (offers, at, all) =>
        `    "${name} "${at === all.length - 1 ? '*' : at}) ${offers === 'file' ? 'files=yes' : `words="${offers.join(' ')}"`} ;;`,
    ),
  );
  const takesValue = COMMAND_NAMES.flatMap((name) => valuesOf(name).map(({ flag }) => `"${name} --${flag}"`)).join(' | ');
  return [
    '_headgate() {',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's own.
    '  local word="$2" words="" files="" at=0 index command="${COMP_WORDS[1]}"',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "help ${COMMAND_NAMES.join(' ')}" -- "$word"))`,
    '    return',
    '  fi',
    '  for ((index = 2; index < COMP_CWORD; index++)); do',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's own.
    '    [[ "${COMP_WORDS[index]}" = -* ]] && continue',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's own.
    '    case "$command ${COMP_WORDS[index - 1]}" in',
    `      ${takesValue}) ;;`,
    '      *) at=$((at + 1)) ;;',
    '    esac',
    '  done',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's own.
    '  case "$command ${COMP_WORDS[COMP_CWORD - 1]}" in',
    ...values,
    '  *) if [[ "$word" = -* ]]; then case "$command" in',
    ...flags,
    '  esac; else case "$command $at" in',
    ...places,
    `    "help 0") words="${COMMAND_NAMES.join(' ')}" ;;`,
    '  esac; fi ;;',
    '  esac',
    '  if [ -z "$files" ]; then COMPREPLY=($(compgen -W "$words" -- "$word")); return; fi',
    // A name with a blank in it is one name.
    "  local IFS=$'\\n'",
    '  COMPREPLY=($(compgen -f -- "$word"))',
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
    ...COMMAND_NAMES.map((name) => {
      const [first] = placesOf(name);
      const words = first === undefined || first === 'file' ? [] : first;
      return `    ${name}) compadd -- ${[...words, ...flagsOf(name)].join(' ')} ;;`;
    }),
    '  esac',
    `  case "$words[2]" in ${COMMAND_NAMES.filter(takesFiles).join(' | ')}) _files ;; esac`,
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
    const words = placesOf(name).flatMap((offers) => (offers === 'file' ? [] : offers));
    const seen = `complete -c headgate -n "__fish_seen_subcommand_from ${name}"`;
    return [
      `complete -c headgate -n __fish_use_subcommand -f -a ${name} -d ${quote(row.says)}`,
      ...(words.length === 0 ? [] : [`${seen} -a ${quote(words.join(' '))}`]),
      ...(takesFiles(name) ? [] : [`${seen} -f`]),
      ...flags,
    ];
  });
  return lines.join('\n');
}
