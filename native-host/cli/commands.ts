// The table of commands: what each says, takes and loads. A new command is a file beside this one and a row here; help,
// completion, parsing and suggestions come from the row. Nothing here loads a command before it is called.
import type { FlagsOf, FlagTable } from './arguments.ts';
import type { Exit } from './exit-codes.ts';
import type { Output } from './output.ts';
import { COMMAND_FLAGS, COMMAND_LINE_HELP } from './command-flags.ts';

/** What a command gets when it is called. */
export interface Call<Flags> {
  words: string[];
  flags: Flags;
  /** The host's own folder. */
  home: string;
  out: Output;
}

export interface CommandModule {
  // Each command takes the flags of its own row; the table only passes them on.
  run(call: never): Promise<Exit>;
}
type Load = () => Promise<CommandModule>;

export interface CommandRow {
  says: string;
  /** The words after the name, `DIR[:rights[:label]]`. */
  usage: string;
  /** How many words, at least and at most. */
  words: readonly [number, number];
  /** What may stand at each place, for completion; the last goes for all behind it. Nothing is offered without it. */
  places?: readonly ('file' | readonly string[])[];
  /** What to say when there are too few. */
  missing?: string;
  flags: FlagTable;
  examples?: readonly string[];
  /** Shown between flags and examples. */
  more?: readonly string[];
  /** Left out of the overview: for programs, not for people. */
  hidden?: boolean;
  load: Load;
}

/** Flags that every command has. */
export const COMMON_FLAGS = {
  json: { type: 'boolean', says: 'One JSON document on stdout' },
  help: { type: 'boolean', short: 'h', says: 'Show this help' },
} as const satisfies FlagTable;

const BROWSER = { type: 'string', value: 'BROWSER', says: 'chromium, chrome, edge, brave, vivaldi, firefox, …' } as const;
const USER_DATA_DIR = { type: 'string', value: 'DIR', says: "A Chromium profile's --user-data-dir instead of the usual one" } as const;

const WHICH_RUN = '"headgate runs" lists them; "last" is the newest.';

export const COMMANDS = {
  grant: {
    says: 'Allow a folder, or a command with what may stand on its command line',
    usage: 'DIR[:rights[:label]]   or   headgate grant --command PROGRAM [--in DIR] -- [LINE …]',
    words: [0, 80],
    places: ['file'],
    flags: {
      name: { type: 'string', value: 'NAME', says: "What to call it; otherwise the folder's name" },
      write: { type: 'boolean', says: 'Runs may write new files here' },
      trash: { type: 'boolean', says: 'Runs may move files to the trash here' },
      label: {
        type: 'string',
        value: 'LABEL',
        choices: ['open', 'ask', 'home'],
        says: 'open: text may leave · ask: when you say yes (the default) · home: never',
      },
      include: {
        type: 'string',
        multiple: true,
        value: 'GLOB',
        says: 'Only what fits is there, like "*.md" or "Letters/**" (may be repeated; none takes all includes away)',
      },
      exclude: {
        type: 'string',
        multiple: true,
        value: 'GLOB',
        says: 'What fits is not there, like "*.key" or Taxes (may be repeated; none takes all excludes away)',
      },
      'max-file-size': {
        type: 'string',
        value: 'SIZE',
        says: 'Larger files are neither read nor written: 10MB; none takes the limit away',
      },
      'max-files': { type: 'string', value: 'N', says: 'Files that one run may take up here; none takes the limit away' },
      names: {
        type: 'string',
        value: 'NAMES',
        choices: ['shown', 'hidden'],
        says: 'Whether the cloud may know what files are called (shown otherwise; always hidden with the label home)',
      },
      ...COMMAND_FLAGS,
    },
    more: COMMAND_LINE_HELP,
    examples: [
      'headgate grant ~/Documents',
      'headgate grant ~/Articles:read,write:open',
      'headgate grant ~/Diary --label home',
      "headgate grant ~/Projects --exclude '*.key' --exclude Clients --max-file-size 10MB --names hidden",
      "headgate grant --command pandoc --in ~/Letters --write -- --standalone '--to=<to:html|docx>' -o '<out:write>' '<in:read>'",
      "headgate grant --command wc --in ~/Documents --label open -- '[-w]' '<files:read>...'",
      "headgate grant --command /usr/bin/pdftotext --in ~/Scans --hash -- '[-f <first:1..9999>]' '<in:read>' -",
    ],
    load: (): Promise<CommandModule> => import('./grant.ts'),
  },
  grants: { says: 'List what is allowed', usage: '', words: [0, 0], flags: {}, load: (): Promise<CommandModule> => import('./grants.ts') },
  revoke: {
    says: 'Take a grant back',
    usage: 'NAME|ID',
    // Without one it says which there are.
    words: [0, 1],
    flags: {},
    load: (): Promise<CommandModule> => import('./revoke.ts'),
  },
  run: {
    says: 'Start a run and follow it to its end',
    usage: 'digest DIR|GRANT · find WORDS · info · open HANDLE · reveal HANDLE · command NAME -- [WORDS] · RECIPE',
    words: [1, 240],
    places: [['digest', 'find', 'info', 'open', 'reveal', 'command'], 'file'],
    missing: 'Say what to run: digest, find, info, open, reveal, command, or a recipe by its full name.',
    flags: {
      grant: { type: 'string', multiple: true, value: 'GRANT', says: 'Where: name, id or folder of a grant (for find: may be repeated)' },
      where: {
        type: 'string',
        value: 'WHERE',
        choices: ['home', 'cloud', 'auto'],
        says: 'home, cloud or auto: a hard limit for where text is worked on; auto otherwise',
      },
      set: {
        type: 'string',
        multiple: true,
        value: 'NAME[=VALUE]',
        says: "For a command: an option's value or a switch, by the name in its line (may be repeated)",
      },
      input: { type: 'string', value: 'JSON', says: "The recipe's input, for a recipe named in full" },
      steps: { type: 'boolean', says: 'Show each step with where it ran and why' },
      ask: {
        type: 'boolean',
        says: 'Show me each change, and ask, before it is made; without a terminal, wait up to ten minutes for an answer given elsewhere',
      },
      'no-wait': { type: 'boolean', says: 'Only start it' },
    },
    examples: [
      'headgate run digest ~/Documents',
      'headgate run find "flood plain" --grant Documents',
      'headgate run info',
      'headgate run command pandoc --set to=docx --set out=letter.docx -- letter.md',
    ],
    load: (): Promise<CommandModule> => import('./run.ts'),
  },
  runs: {
    says: 'List the last runs, or show one with its steps',
    usage: '[RUN]',
    words: [0, 1],
    places: [['last']],
    flags: { limit: { type: 'string', value: 'N', says: 'How many; 20 otherwise' } },
    load: (): Promise<CommandModule> => import('./runs.ts'),
  },
  cancel: {
    says: 'Cancel a run',
    usage: 'RUN',
    words: [1, 1],
    places: [['last']],
    missing: `Say which run to cancel. ${WHICH_RUN}`,
    flags: {},
    load: (): Promise<CommandModule> => import('./cancel.ts'),
  },
  undo: {
    says: 'Take back what a run changed',
    usage: 'RUN',
    words: [1, 1],
    places: [['last']],
    missing: `Say which run to take back. ${WHICH_RUN}`,
    flags: { 'dry-run': { type: 'boolean', says: 'Only say what that would do' } },
    examples: ['headgate undo last', 'headgate undo r_1f… --dry-run'],
    load: (): Promise<CommandModule> => import('./undo.ts'),
  },
  approvals: {
    says: 'List what waits for your yes, show one in full, or answer it',
    usage: '[ID [yes|run|always|no]]',
    words: [0, 2],
    places: [[], ['yes', 'run', 'always', 'no']],
    flags: {},
    examples: [
      'headgate approvals',
      'headgate approvals a_1f…   (what it would do, line by line)',
      'headgate approvals a_1f… yes',
      'headgate approvals a_1f… run   (yes, and for the rest of that run)',
    ],
    load: (): Promise<CommandModule> => import('./approvals.ts'),
  },
  warrants: {
    says: 'List what others may start on this device, allow more, or end it',
    usage: '[add | end ID]',
    words: [0, 2],
    places: [['add', 'end']],
    flags: {
      recipe: { type: 'string', value: 'NAME', says: 'What may be started, such as folder.digest' },
      grant: { type: 'string', multiple: true, value: 'GRANT', says: 'Where: name, id or folder of a grant (may be repeated)' },
      for: { type: 'string', value: 'DAYS', says: 'How long, such as 30d; 90 days otherwise' },
      changes: { type: 'string', value: 'N', says: 'Changes that one run may make; 1 otherwise' },
      egress: { type: 'string', value: 'SIZE', says: 'What one run may release, such as 1MB; nothing otherwise' },
      'runs-per-day': { type: 'string', value: 'N', says: 'Runs of a day; 24 otherwise' },
    },
    examples: [
      'headgate warrants',
      'headgate warrants add --recipe folder.digest --grant Documents --for 30d',
      'headgate warrants end w_1f…',
    ],
    load: (): Promise<CommandModule> => import('./warrants.ts'),
  },
  ledger: {
    says: 'Show what left this device, and verify that nothing was changed in it',
    usage: '',
    words: [0, 0],
    flags: {
      verify: { type: 'boolean', says: 'Look through every line and name what was changed, taken out or cut off' },
      of: { type: 'string', value: 'FILE', says: 'What has ever left of this file, also before it was moved' },
      sent: { type: 'string', value: 'RECEIPT', says: 'Print what one release sent, while it is kept (30 days)' },
      run: { type: 'string', value: 'RUN', says: 'Only of this run' },
      limit: { type: 'string', value: 'N', says: 'How many; 100 otherwise' },
    },
    examples: ['headgate ledger', 'headgate ledger --verify', 'headgate ledger --of ~/Documents/contract.md'],
    load: (): Promise<CommandModule> => import('./ledger.ts'),
  },
  pair: {
    says: 'Pair this device with a cloud',
    usage: '[URL] [CODE]',
    words: [0, 2],
    flags: {
      code: { type: 'string', value: 'CODE', says: 'The one-time code that the cloud shows' },
      cloud: { type: 'string', value: 'URL', says: 'Where the cloud is; http://127.0.0.1:7420 otherwise' },
      end: { type: 'boolean', says: 'End the pairing instead' },
    },
    examples: ['headgate pair', 'headgate pair http://127.0.0.1:7420 ABCD-1234', 'headgate pair --end'],
    load: (): Promise<CommandModule> => import('./pair.ts'),
  },
  status: {
    says: 'Show host, cloud and grants at a glance',
    usage: '',
    words: [0, 0],
    flags: {},
    load: (): Promise<CommandModule> => import('./status.ts'),
  },
  doctor: {
    says: 'Check every layer and name the one that fails',
    usage: '',
    words: [0, 0],
    flags: { browser: BROWSER, 'user-data-dir': USER_DATA_DIR },
    load: (): Promise<CommandModule> => import('./doctor.ts'),
  },
  install: {
    says: 'Register the host with a browser',
    usage: '',
    words: [0, 0],
    flags: { browser: BROWSER, 'user-data-dir': USER_DATA_DIR, yes: { type: 'boolean', says: 'Do it without asking' } },
    examples: [
      'headgate install',
      'headgate install --browser chromium',
      'headgate install --browser chrome --user-data-dir ~/profiles/work',
    ],
    load: (): Promise<CommandModule> => import('./install.ts'),
  },
  uninstall: {
    says: 'Take away exactly what install wrote',
    usage: '',
    words: [0, 0],
    flags: {
      browser: BROWSER,
      'user-data-dir': USER_DATA_DIR,
      verify: { type: 'boolean', says: 'Look everywhere and prove that nothing is left' },
      yes: { type: 'boolean', says: 'Do it without asking' },
    },
    load: (): Promise<CommandModule> => import('./uninstall.ts'),
  },
  agent: {
    says: 'Run the agent here, without any browser',
    usage: '',
    words: [0, 0],
    flags: { 'ready-fd': { type: 'string', value: 'N', says: 'Write a line to this descriptor when ready' } },
    load: (): Promise<CommandModule> => import('./agent.ts'),
  },
  mcp: {
    says: 'Serve folders to an MCP client (Claude, Cursor, VS Code) through the gate',
    usage: '--grant DIR[:rights[:label]] …',
    words: [0, 40],
    places: ['file'],
    flags: {
      grant: {
        type: 'string',
        multiple: true,
        value: 'DIR[:rights[:label]]',
        says: 'A folder for this server alone; read and ask otherwise (may be repeated)',
      },
    },
    examples: ['headgate mcp --grant ~/Documents:read:open', 'headgate mcp --grant ~/Documents:read,write:open --grant ~/Diary'],
    load: (): Promise<CommandModule> => import('./mcp.ts'),
  },
  stop: { says: 'Stop the agent', usage: '', words: [0, 0], flags: {}, load: (): Promise<CommandModule> => import('./stop.ts') },
  cloud: {
    says: 'Start a cloud of your own on this machine',
    usage: '',
    words: [0, 0],
    flags: { code: { type: 'boolean', says: 'Show a code to pair one more device, also when there are some already' } },
    examples: [
      'headgate cloud',
      'HEADGATE_CLOUD_PORT=7500 headgate cloud',
      'HEADGATE_MODEL_URL=http://127.0.0.1:11434/v1 HEADGATE_MODEL=llama3.2 headgate cloud',
    ],
    load: (): Promise<CommandModule> => import('./cloud.ts'),
  },
  completion: {
    says: 'Print completion for a shell',
    usage: 'bash|zsh|fish',
    words: [1, 1],
    places: [['bash', 'zsh', 'fish']],
    missing: 'Say for which shell: bash, zsh or fish.',
    flags: {},
    examples: ['source <(headgate completion bash)', 'headgate completion fish | source'],
    load: (): Promise<CommandModule> => import('./completion.ts'),
  },
} as const satisfies Record<string, CommandRow>;

export type CommandName = keyof typeof COMMANDS;
export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];

/** What the command of this name gets: its own flags, typed by its row. */
export type CallOf<Name extends CommandName> = Call<FlagsOf<(typeof COMMANDS)[Name]['flags'] & typeof COMMON_FLAGS>>;

/** The row of a name as people type it, or `null`. */
export function findCommand(name: string): CommandRow | null {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name as CommandName] : null;
}
