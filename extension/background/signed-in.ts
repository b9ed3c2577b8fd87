// Downloads with the person's own session, for what a server gives only to people who are signed in. The host cannot have that
// session, so the browser downloads, with a permission that a click of the person's gives, under a name of chance into the
// folder `Headgate` of its downloads, which the person granted; the host is told that name and files what lies there.
import browser, { type Downloads } from 'webextension-polyfill';
import { HeadgateError } from '../../shared/errors.ts';
import type { GrantView } from '../../shared/gate/grants.ts';
import type { GrantId, RunId } from '../../shared/ids.ts';
import type { RunSummary } from '../../shared/protocol/native.ts';
import type { Known } from './known.ts';
import { isWritable } from './menus.ts';
import type { NativePort } from './native-port.ts';
import { setProblem } from './save.ts';

/** The folder in the browser's downloads that the host may empty. */
export const INBOX = 'Headgate';
const PERMISSION_DEADLINE_MS = 120_000;
const DOWNLOAD_DEADLINE_MS = 1_800_000;
const FILING_DEADLINE_MS = 300_000;
/** Addresses of runs that may still need the session; in memory alone. */
const MAX_REMEMBERED = 50;

interface Fetch {
  grant: GrantId;
  url: string;
}

export interface SignedIn {
  /** A run that fetches this has been started. */
  remember(run: RunId, fetch: Fetch): void;
  onRun(run: RunSummary): void;
  /** The person's click: the permission is being asked for, or there. Throws `not_found`, `forbidden`, `inbox_missing`, `download_failed`. */
  download(run: RunId): Promise<void>;
}

export function createSignedIn(native: NativePort, known: Known): SignedIn {
  const fetches = new Map<RunId, Fetch>();
  const waiting = new Map<RunId, () => void>();

  const offer = ({ run, status, code }: Pick<RunSummary, 'run' | 'status' | 'code'>): void => {
    if (status === 'failed' && code === 'sign_in_needed' && fetches.has(run)) known.set({ signIn: run });
  };
  const ended = (run: RunId): Promise<void> =>
    within(FILING_DEADLINE_MS, 'timeout', (done) => {
      waiting.set(run, done);
      return () => waiting.delete(run);
    });

  return {
    remember(run, fetch) {
      fetches.set(run, fetch);
      for (const old of fetches.keys()) if (fetches.size > MAX_REMEMBERED) fetches.delete(old);
      // The run may have been over before its start was answered.
      const now = known.run(run);
      if (now !== undefined) offer(now);
    },
    onRun(run) {
      offer(run);
      if (run.status !== 'running' && run.status !== 'waiting') waiting.get(run.run)?.();
    },
    async download(run) {
      const fetch = fetches.get(run);
      if (fetch === undefined) throw new HeadgateError('not_found', 'It is not known any more what this run was to fetch.');
      try {
        await permitted();
        const inbox = known.snapshot().grants?.find(isInbox);
        if (inbox === undefined) throw new HeadgateError('inbox_missing', 'There is no granted folder in the browser’s downloads.');
        known.set({ signIn: null });
        const name = nameOfChance();
        await through(fetch.url, name, async () => {
          const input = { inbox: inbox.id, name, grant: fetch.grant, url: fetch.url };
          const started = await native.ask('runs.start', { recipe: 'inbox.file', input });
          await ended(started.run);
        });
        fetches.delete(run);
      } catch (error) {
        const code = error instanceof HeadgateError ? error.code : 'download_failed';
        await setProblem(known, { action: 'save-link', code, at: Date.now() });
        throw error instanceof HeadgateError
          ? error
          : new HeadgateError('download_failed', 'The browser could not download it.', { cause: error });
      }
    },
  };
}

/** The granted folder that browsers download to for the host. */
export function isInbox(grant: GrantView): boolean {
  return isWritable(grant) && grant.rights.includes('read') && grant.display.split(/[/\\]/).at(-1) === INBOX;
}

/** Nothing of the file, the page or the person: 128 random bits. */
function nameOfChance(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `hg-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** The question is shown by the screen that was clicked, and may close it; the answer comes here. */
async function permitted(): Promise<void> {
  const has = () => browser.permissions.contains({ permissions: ['downloads'] });
  if (await has()) return;
  await within(PERMISSION_DEADLINE_MS, 'forbidden', (done) => {
    browser.permissions.onAdded.addListener(done);
    return () => browser.permissions.onAdded.removeListener(done);
  });
  if (!(await has())) throw new HeadgateError('forbidden', 'The browser was not allowed to download.');
}

/** Downloads, does `work`, and leaves nothing of it in the browser, also where the host had to copy or left it. */
async function through(url: string, name: string, work: () => Promise<void>): Promise<void> {
  const id = await browser.downloads.download({ url, filename: `${INBOX}/${name}`, saveAs: false, conflictAction: 'uniquify' });
  try {
    await complete(id);
    await work();
  } finally {
    await browser.downloads.cancel(id).catch(() => undefined);
    await browser.downloads.removeFile(id).catch(() => undefined);
    await browser.downloads.erase({ id }).catch(() => undefined);
  }
}

async function complete(id: number): Promise<void> {
  const state = async () => (await browser.downloads.search({ id }))[0]?.state;
  await within(DOWNLOAD_DEADLINE_MS, 'timeout', (done) => {
    const onChanged = (delta: Downloads.OnChangedDownloadDeltaType) => {
      if (delta.id === id && delta.state !== undefined && delta.state.current !== 'in_progress') done();
    };
    browser.downloads.onChanged.addListener(onChanged);
    // It may have been over before anybody listened.
    void state().then((now) => now !== 'in_progress' && done());
    return () => browser.downloads.onChanged.removeListener(onChanged);
  });
  if ((await state()) !== 'complete') throw new HeadgateError('download_failed', 'The browser could not download it.');
}

/** `start` gets what ends the wait, and gives what stops listening. */
function within(ms: number, otherwise: 'timeout' | 'forbidden', start: (done: () => void) => () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(new HeadgateError(otherwise, 'It took too long.'))), ms);
    const end = (then: () => void) => {
      clearTimeout(timer);
      stop();
      then();
    };
    const stop = start(() => end(resolve));
  });
}
