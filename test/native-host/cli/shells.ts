// Real shells for tests of completion: each takes the script and a line that is typed, and gives what it offers.
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Shell = 'bash' | 'zsh' | 'fish';
/** `folder`: where the line is typed · `home`: the shell's own, in which it may keep what makes it faster the next time. */
export interface Desk {
  folder: string;
  home: string;
}
type Typing = (script: string, line: string, desk: Desk) => string;

export function isInstalled(shell: Shell): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0;
}

/** What is offered, sorted, each without its description. */
export function typeIn(shell: Shell | 'zsh by fpath', script: string, line: string, desk: Desk): string[] {
  const offered = TYPE_IN[shell](script, line, desk).split('\n');
  return offered
    .map((each) => each.replace(/\t.*/, '').replaceAll('\\ ', ' '))
    .filter((each) => each !== '')
    .sort();
}

const TYPE_IN: Readonly<Record<Shell | 'zsh by fpath', Typing>> = {
  bash(script, line, { folder }) {
    const words = line.split(' ');
    const ask = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _headgate headgate '${words.at(-1)}'`;
    return execFileSync('bash', ['--norc', '-c', `${script}\n${ask}; printf '%s\\n' "\${COMPREPLY[@]}"`], {
      cwd: folder,
      encoding: 'utf8',
    });
  },
  fish: (script, line, { folder, home }) =>
    execFileSync('fish', ['--no-config', '-c', `${script}\ncomplete -C '${line}'`], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: home },
    }),
  zsh: (script, line, desk) => pressTab(script, line, desk, 'source $HOME/_headgate'),
  'zsh by fpath': (script, line, desk) => pressTab(script, line, desk, 'autoload -Uz _headgate; compdef _headgate headgate'),
};

/** Completion works in a terminal alone: an interactive zsh on a pseudo-terminal, where the tab key is pressed. */
function pressTab(script: string, line: string, { folder, home }: Desk, load: string): string {
  for (const [name, text] of Object.entries({ _headgate: script, hooks: HOOKS, press: PRESS })) writeFileSync(join(home, name), text);
  const env = { PATH: process.env.PATH, HOME: home, TMPDIR: home, TERM: 'dumb', LOAD: load };
  return execFileSync('zsh', ['-f', join(home, 'press'), line], { cwd: folder, encoding: 'utf8', env, timeout: 15_000 });
}

const PRESS = `zmodload zsh/zpty
: > $HOME/offered
zpty z zsh -f -i
zpty -w z 'PROMPT=; autoload -Uz compinit; compinit -u -C -d $HOME/dump; fpath=($HOME $fpath); eval $LOAD; source $HOME/hooks'
while zpty -r z line; do [[ $line == *ready:* ]] && break; done
zpty -n -w z "$1"$'\\t'
while zpty -r z line; do :; done
cat $HOME/offered
`;

/** What fits is handed to \`compadd\`; the shell leaves once all of it was. */
const HOOKS = `bindkey '^I' complete-word
zstyle ':completion:*' insert-tab false
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a fits
  builtin compadd -A fits "$@"
  (( $#fits )) && print -rl -- $fits >> $HOME/offered
}
leave() { exit }
comppostfuncs=( leave )
print ready:
`;
