// What happens when the reader of stdout has seen enough, as in `headgate ledger | head`: the command ends, quietly.

/** 128 and SIGPIPE, what a shell says of any program that is ended so. */
const EXIT_OF_A_BROKEN_PIPE = 141;

/** Ends the process at the first write that nobody reads. Not for `mcp`, which signs its ledger when its client has gone. */
export function endOnBrokenPipe(stdout: NodeJS.WriteStream = process.stdout): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT_OF_A_BROKEN_PIPE);
  });
}
