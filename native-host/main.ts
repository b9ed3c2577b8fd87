// The host's entry. An agent started by a relay or a terminal goes straight to work; everything else is a command of the
// terminal, loaded only when it is asked for.
import { hostHome } from './config.ts';

const readyFd = /^--ready-fd=(\d+)$/.exec(process.argv[3] ?? '');

if (process.argv[2] === 'agent' && readyFd !== null) {
  void import('./agent.ts').then(({ runAgent }) => runAgent({ home: hostHome(), readyFd: Number(readyFd[1]), foreground: false }));
} else {
  void Promise.all([import('./cli/main.ts'), import('./cli/broken-pipe.ts')]).then(async ([{ runCommandLine }, { endOnBrokenPipe }]) => {
    if (process.argv[2] !== 'mcp') endOnBrokenPipe();
    process.exitCode = await runCommandLine(process.argv.slice(2));
  });
}
