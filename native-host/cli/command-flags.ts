// The flags with which `headgate grant --command` allows a program, and what its help says of the command line.
import type { FlagTable } from './arguments.ts';

export const COMMAND_FLAGS = {
  command: { type: 'string', value: 'PROGRAM', says: 'Allow this program; what may follow it stands after --' },
  in: {
    type: 'string',
    value: 'DIR',
    says: 'For a command: the granted folder, or one in it, that it works in and sees; otherwise an empty one',
  },
  hash: { type: 'boolean', says: 'For a command: only while the program has the very bytes that it has now' },
  schema: { type: 'string', value: 'FILE', says: 'For a command: its arguments as a JSON list from a file, instead of a line' },
  'no-double-dash': { type: 'boolean', says: 'For a command that knows no --: then no value may begin with a dash' },
  interpreter: { type: 'boolean', says: 'For a command: a shell or the like is meant, which runs what it is given' },
  network: { type: 'boolean', says: 'For a command: it may use the network' },
  'without-isolation': { type: 'boolean', says: 'For a command: run it also where there is no bubblewrap, without asking each time' },
  sees: {
    type: 'string',
    multiple: true,
    value: 'DIR',
    says: 'For a command: a folder that it may read beside the system’s, like /opt/tool (may be repeated)',
  },
  seconds: { type: 'string', value: 'N', says: 'For a command: how long it may take; 60 otherwise' },
  output: { type: 'string', value: 'SIZE', says: 'For a command: how much it may say; 1MB otherwise' },
  memory: { type: 'string', value: 'SIZE', says: 'For a command: how much memory it may take; 1GB otherwise' },
  processes: { type: 'string', value: 'N', says: 'For a command: how many processes it may have at once; 128 otherwise' },
} as const satisfies FlagTable;

export const COMMAND_LINE_HELP = [
  'The line of a command: words stand there as they are; a place that a run fills in is <name> or <name:kind>.',
  '  <in:read> a file · <out:write> a file to make · <out:replace> a file to make or write over · <to:a|b|c> one of these',
  '  <n:1..9> a number · <when:/\\d{4}-\\d\\d/> a text of that form · <x> any text of one line',
  "  '[…]' may be left out · '<in:read>...' more than one · '-o <out:write>' or '--out=<out:write>' the value of an option",
  'No shell reads it. -- is put before the first free value, so that no value is taken for an option.',
] as const;
