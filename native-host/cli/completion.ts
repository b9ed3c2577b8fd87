// `headgate completion bash|zsh|fish`: completion made from the table of commands.
import { UsageError } from './arguments.ts';
import type { CallOf } from './commands.ts';
import { forBash } from './completion/for-bash.ts';
import { forFish } from './completion/for-fish.ts';
import { forZsh } from './completion/for-zsh.ts';
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
