// The host's entry. An agent started by a relay or a terminal goes straight to work; everything else is a command of the
// terminal, loaded only when it is asked for.
import { hostHome } from './config.ts';

/** 128 and SIGPIPE, what a shell says of any program that is ended so. */
const EXIT_OF_A_BROKEN_PIPE = 141;
const readyFd = /^--ready-fd=(\d+)$/.exec(process.argv[3] ?? '');

if (process.argv[2] === 'agent' && readyFd !== null) {
  void import('./agent.ts').then(({ runAgent }) => runAgent({ home: hostHome(), readyFd: Number(readyFd[1]), foreground: false }));
} else {
  // A reader that has seen enough (`headgate ledger | head`) ends the command, quietly, as the shell expects.
  // An MCP client that has gone is the server's own matter: it signs its ledger first.
  if (process.argv[2] !== 'mcp') {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(EXIT_OF_A_BROKEN_PIPE);
    });
  }
  void import('./cli/main.ts').then(async ({ runCommandLine }) => {
    process.exitCode = await runCommandLine(process.argv.slice(2));
  });
}
