// `npm start`: brings everything up, does the main job on the samples the first time, opens the welcome page and stays until
// Ctrl-C, until the browser is closed, or until the cloud ends. Then it takes down what it started.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GrantId } from '../../shared/ids.ts';
import { createOutput, type Output, shown } from '../cli/output.ts';
import { EXTENSION_ID } from '../install/manifest.ts';
import { browserHelp } from './browser-help.ts';
import { holderOf, tryLock } from './lock.ts';
import { digestFolder, savePage } from './main-job.ts';
import { servePage } from './page-server.ts';
import { DATA } from './places.ts';
import { copySampleDocuments, SAMPLE_PAGE } from './samples.ts';
import { showDone } from './show-done.ts';
import { Backstage, type Stage, setStage } from './stage.ts';
import type { StartOptions } from './start-options.ts';

const PORT = Number(process.env.HEADGATE_CLOUD_PORT || 7420);
/** Written when the samples' main job has been done once. */
const FIRST_RUN_FILE = join(DATA, 'first-run-done');

export async function stay(options: StartOptions): Promise<number> {
  const out = createOutput(false);
  mkdirSync(DATA, { recursive: true, mode: 0o700 });
  const lockFile = join(DATA, 'start.lock');
  const lock = await tryLock(lockFile);
  if (lock === null) {
    out.note(`Headgate already runs in this folder (process ${holderOf(lockFile) ?? '?'}). Stop that one with Ctrl-C first.`);
    return 1;
  }
  const backstage = new Backstage();
  const asked = stopAsked();
  let code = 0;
  try {
    const staged = bringUp(options, backstage, out);
    const stage = await Promise.race([staged, asked]);
    if (typeof stage === 'string') out.note(stage);
    else {
      const why = await Promise.race([asked, stage.cloud.ended.then((how) => `The cloud ended (${how}).`), browserClosed(stage)]);
      out.note(why);
      if (why.startsWith('The cloud')) code = 1;
    }
    await staged.catch(() => {});
  } catch (error) {
    out.note(error instanceof Error ? error.message : String(error));
    code = 1;
  }
  out.note('Stopping …');
  const left = await backstage.stop();
  lock.release();
  out.note(left.length === 0 ? 'Stopped: nothing is left running.' : `Still running: ${left.join(', ')}`);
  return left.length === 0 ? code : 1;
}

async function bringUp(options: StartOptions, backstage: Backstage, out: Output): Promise<Stage> {
  const say = (line: string) => out.line(line);
  const headless = !hasDisplay();
  if (headless) say('There is no display here, so the browser runs without a window.');
  const stage = await setStage(backstage, { data: DATA, port: PORT, headless, say });
  if (stage.opened === null) {
    say(browserHelp());
    say(`The cloud stays up at ${stage.cloud.url}. Ctrl-C stops it.`);
    return stage;
  }
  if (!options['no-samples']) await useSamples(stage, out);
  const pages = await stage.opened.browser.pages();
  const page = pages.find((each) => each.url() === 'about:blank') ?? (await stage.opened.browser.newPage());
  await page.goto(`chrome-extension://${EXTENSION_ID}/welcome.html`);
  say(`${out.paint('green', '✓')} Headgate is ready. ${headless ? 'Ctrl-C stops it.' : 'Close the browser or press Ctrl-C to stop it.'}`);
  return stage;
}

/** Grants the copied samples, and does the main job on them the first time. */
async function useSamples({ terminal, opened }: Stage, out: Output): Promise<void> {
  const folder = join(DATA, 'samples', 'documents');
  copySampleDocuments(folder);
  const { grants } = await terminal.call('grants.list', {});
  const isFirst = !existsSync(FIRST_RUN_FILE);
  if (!isFirst && grants.length > 0) return;
  const { grant } = await terminal.call('grants.add', { folder, name: 'Sample documents', rights: ['read', 'write'], label: 'open' });
  out.line(`granted  ${shown(folder)}: read and write, label open (sample texts may leave this device)`);
  if (!isFirst || opened === null) return;
  await firstJob(opened, terminal, grant.id, out);
  writeFileSync(FIRST_RUN_FILE, '');
}

async function firstJob(opened: NonNullable<Stage['opened']>, terminal: Stage['terminal'], grant: GrantId, out: Output): Promise<void> {
  out.line('The first time, Headgate shows what it does: it saves a page and digests a folder, both samples.');
  const page = await servePage(SAMPLE_PAGE);
  try {
    showDone(await savePage(opened, terminal, page.url, grant, out), out);
    showDone(await digestFolder(terminal, grant, out), out);
  } finally {
    page.close();
  }
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Resolves with a line for the person when Ctrl-C or a signal asks to stop. */
function stopAsked(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve(signal === 'SIGINT' ? '' : `Asked to stop (${signal}).`));
  });
}

/** Resolves when the person has closed the browser; never where there is none. */
function browserClosed({ opened }: Stage): Promise<string> {
  return new Promise((resolve) => {
    opened?.browser.once('disconnected', () => resolve('The browser was closed.'));
  });
}
