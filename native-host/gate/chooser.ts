// The host's own windows: the only place but a terminal in which a person widens what is allowed. The extension may ask for one
// to be shown; what is chosen in it, it cannot touch. One is open at a time, so that nobody is worn down or made to
// answer the wrong one.
import { HeadgateError } from '../../shared/errors.ts';
import type { Right } from '../../shared/gate/grants.ts';
import type { Label } from '../../shared/gate/labels.ts';
import { childEnvironment } from '../config.ts';
import { runProcess } from '../spawn.ts';
import { type Window, windowsOf } from './windows.ts';

/** How long a window stays open. */
const PERSON_DEADLINE_MS = 5 * 60_000;

export interface Choice {
  folder: string;
  rights: Right[];
  label: Label;
}

/** What can be said instead of a window: the command for a terminal. */
export type Instead = `In a terminal: headgate ${string}`;

const LABELS: readonly { label: Label; says: string }[] = [
  { label: 'ask', says: 'Ask me each time before text leaves this computer' },
  { label: 'home', says: 'Never let anything leave this computer' },
  { label: 'open', says: 'Text may go to the cloud model without asking' },
];

const GRANT_INSTEAD: Instead = 'In a terminal: headgate grant FOLDER';

/** Lets the person choose a folder and what may leave it; `null` when they close the window. Throws `unavailable` without a desktop, and `busy`. */
export function choosePersonally(write: boolean): Promise<Choice | null> {
  return alone(GRANT_INSTEAD, async (windows) => {
    const folder = await show(windows.folder('Headgate: allow a folder'), GRANT_INSTEAD);
    if (folder === null || folder === '') return null;
    const lines = LABELS.map(({ says }) => says);
    const answer = await show(windows.choice('Headgate: allow a folder', 'What may leave this folder?', lines), GRANT_INSTEAD);
    const chosen = LABELS.find(({ says }) => says === answer);
    if (chosen === undefined) return null;
    return { folder, rights: write ? ['read', 'write'] : ['read'], label: chosen.label };
  });
}

/** Whether the person says yes to this text in a window. Throws `unavailable` without a desktop, and `busy`. */
export function confirmPersonally(wish: { title: string; text: string; yes: string; instead: Instead }): Promise<boolean> {
  const { title, text, yes, instead } = wish;
  return alone(instead, async (windows) => (await show(windows.confirm(title, text, yes), instead)) !== null);
}

let isOpen = false;

async function alone<Answer>(instead: Instead, ask: (windows: ReturnType<typeof windowsOf>) => Promise<Answer>): Promise<Answer> {
  if (!hasDesktop()) throw noWindow(instead);
  if (isOpen) throw new HeadgateError('busy', 'A window of Headgate is already open.', { next: 'Answer or close it first.' });
  isOpen = true;
  try {
    return await ask(windowsOf(process.platform));
  } finally {
    isOpen = false;
  }
}

/** Shows the first window whose program is there; what was chosen, or `null` when it was closed. */
async function show(window: Window, instead: Instead): Promise<string | null> {
  for (const { command, args, yes = 0 } of window) {
    const end = await runProcess(command, args, { deadlineMs: PERSON_DEADLINE_MS, maxOutputBytes: 16_384 });
    if (end.how === 'missing') continue;
    return end.how === 'exited' && end.code === yes ? end.stdout.toString('utf8').replace(/\r?\n$/, '') : null;
  }
  throw noWindow(instead);
}

function hasDesktop(): boolean {
  const environment = childEnvironment();
  return process.platform !== 'linux' || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

function noWindow(instead: Instead): HeadgateError {
  return new HeadgateError('unavailable', 'No window can be shown on this computer.', { next: instead });
}
