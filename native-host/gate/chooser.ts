// The host's own folder chooser: the only window in which a person widens what is allowed without a terminal. The
// extension may ask for it to be shown; what is chosen in it, it cannot touch.
import { HeadgateError } from '../../shared/errors.ts';
import type { Right } from '../../shared/gate/grants.ts';
import type { Label } from '../../shared/gate/labels.ts';
import { runProcess } from '../spawn.ts';
import { childEnvironment } from '../config.ts';

/** How long the window stays open. */
const PERSON_DEADLINE_MS = 5 * 60_000;

export interface Choice {
  folder: string;
  rights: Right[];
  label: Label;
}

const LABELS: readonly { label: Label; says: string }[] = [
  { label: 'ask', says: 'Ask me each time before text leaves this computer' },
  { label: 'home', says: 'Never let anything leave this computer' },
  { label: 'open', says: 'Text may go to the cloud model without asking' },
];

/** Lets the person choose a folder and what may leave it; `null` when they close the window. Throws `unavailable` without a desktop. */
export async function choosePersonally(write: boolean): Promise<Choice | null> {
  const chooser = CHOOSERS[process.platform] ?? CHOOSERS.linux;
  if (chooser === undefined || !hasDesktop()) throw noChooser();
  const folder = await ask(chooser.folder);
  if (folder === null) return null;
  const answer = await ask(chooser.label);
  const chosen = LABELS.find(({ says }) => says === answer);
  if (chosen === undefined) return null;
  return { folder, rights: write ? ['read', 'write'] : ['read'], label: chosen.label };
}

type Window = readonly { command: string; args: readonly string[] }[];

const TITLE = 'Headgate: allow a folder';
const QUESTION = 'What may leave this folder?';

const CHOOSERS: Partial<Record<NodeJS.Platform, { folder: Window; label: Window }>> = {
  linux: {
    folder: [
      { command: 'zenity', args: ['--file-selection', '--directory', `--title=${TITLE}`] },
      { command: 'kdialog', args: ['--title', TITLE, '--getexistingdirectory', '/'] },
    ],
    label: [
      {
        command: 'zenity',
        args: [
          '--list',
          '--radiolist',
          `--title=${TITLE}`,
          `--text=${QUESTION}`,
          '--width=520',
          '--height=260',
          '--column=',
          '--column=',
          '--hide-header',
          ...LABELS.flatMap(({ says }, index) => [index === 0 ? 'TRUE' : 'FALSE', says]),
        ],
      },
      { command: 'kdialog', args: ['--title', TITLE, '--combobox', QUESTION, ...LABELS.map(({ says }) => says)] },
    ],
  },
  darwin: {
    folder: [{ command: '/usr/bin/osascript', args: ['-e', `POSIX path of (choose folder with prompt "${TITLE}")`] }],
    label: [
      {
        command: '/usr/bin/osascript',
        args: [
          '-e',
          `choose from list {${LABELS.map(({ says }) => `"${says}"`).join(', ')}} with prompt "${QUESTION}" default items {"${LABELS[0]?.says}"}`,
        ],
      },
    ],
  },
  win32: {
    folder: [
      {
        command: 'powershell.exe',
        args: [
          '-NoProfile',
          '-STA',
          '-Command',
          `Add-Type -AssemblyName System.Windows.Forms; $d = New-Object System.Windows.Forms.FolderBrowserDialog; $d.Description = '${TITLE}'; if ($d.ShowDialog() -eq 'OK') { [Console]::OutputEncoding = [Text.Encoding]::UTF8; $d.SelectedPath }`,
        ],
      },
    ],
    label: [
      {
        command: 'powershell.exe',
        args: [
          '-NoProfile',
          '-STA',
          '-Command',
          `@(${LABELS.map(({ says }) => `'${says}'`).join(',')}) | Out-GridView -Title '${QUESTION}' -OutputMode Single`,
        ],
      },
    ],
  },
};

/** Shows the first window whose program is there; its one line of answer, or `null` when it was closed. */
async function ask(window: Window): Promise<string | null> {
  for (const { command, args } of window) {
    const end = await runProcess(command, args, { deadlineMs: PERSON_DEADLINE_MS, maxOutputBytes: 16_384 });
    if (end.how === 'missing') continue;
    const answer = end.stdout.toString('utf8').replace(/\r?\n$/, '');
    return end.how === 'exited' && end.code === 0 && answer !== '' ? answer : null;
  }
  throw noChooser();
}

function hasDesktop(): boolean {
  const environment = childEnvironment();
  return process.platform !== 'linux' || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

function noChooser(): HeadgateError {
  return new HeadgateError('unavailable', 'No window can be shown to choose a folder in.', {
    next: 'In a terminal: headgate grant FOLDER',
  });
}
