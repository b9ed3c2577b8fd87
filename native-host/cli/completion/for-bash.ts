// Completion for bash, made from the table of commands.
import { COMMAND_NAMES } from '../commands.ts';
import { flagsOf, placesOf, valuesOf } from './offers.ts';

export function forBash(): string {
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
