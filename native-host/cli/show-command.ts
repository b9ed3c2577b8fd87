// An allowed command in the terminal: its line, and in words what it may.
import type { CommandView } from '../../shared/gate/commands.ts';
import { readableSize } from '../ops/size.ts';
import { type Output, shown } from './output.ts';

export function showCommand(command: CommandView, out: Output): void {
  const { name, display, usage, id, problem } = command;
  out.line(`${out.paint('bold', shown(name))}  ${shown(display)} ${shown(usage)}  ${out.paint('dim', id)}`);
  out.line(`  ${sayCommand(command).join(' · ')}`);
  if (problem !== undefined) out.line(`  ${out.paint('red', shown(problem))}`);
}

function sayCommand({ folder, write, network, isolation, interpreter, pinned, label, limits }: CommandView): string[] {
  return [
    folder === null ? 'sees no files of yours' : `sees ${shown(folder)}${write ? ' and may change it' : ''}`,
    network === 'yes' ? 'may use the network' : 'no network',
    `what it says: ${label}`,
    ...(pinned ? ['only these very bytes'] : []),
    ...(interpreter ? ['runs what it is given'] : []),
    ...(isolation === 'none-accepted' ? ['also without isolation'] : []),
    `${limits.seconds} s, ${readableSize(limits.memoryMegabytes * 1e6)}, ${limits.processes} processes, says up to ${readableSize(limits.outputBytes)}`,
  ];
}
