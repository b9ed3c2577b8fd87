import { beforeEach, expect, test, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';
import { createKnown } from '../../../extension/background/known.ts';
import type { NativePort } from '../../../extension/background/native-port.ts';
import { createSignedIn, isInbox } from '../../../extension/background/signed-in.ts';
import { speak } from '../support/browser.ts';
import { grant, grantId, run, runId } from '../support/samples.ts';

const URL = 'https://files.example/report.pdf';
const INBOX = grant({ id: grantId(7), display: '~/Downloads/Headgate' });

beforeEach(() => {
  speak();
  fakeBrowser.reset();
});

function setUp({ permitted = true, state = 'complete' } = {}) {
  const added = new Set<() => void>();
  let allowed = permitted;
  const downloads = {
    download: vi.fn(async (_wish: { url: string; filename: string }) => 5),
    search: async () => [{ state }],
    onChanged: { addListener: () => {}, removeListener: () => {} },
    cancel: vi.fn(async () => undefined),
    removeFile: vi.fn(async () => undefined),
    erase: vi.fn(async () => [5]),
  };
  const permissions = {
    contains: async () => allowed,
    onAdded: { addListener: (each: () => void) => added.add(each), removeListener: (each: () => void) => added.delete(each) },
  };
  Object.assign(fakeBrowser, { downloads, permissions });
  const known = createKnown(() => {});
  known.set({ grants: [grant(), INBOX] });
  const ask = vi.fn(async () => {
    setTimeout(() => signedIn.onRun(run({ run: runId(2), status: 'succeeded' })));
    return { run: runId(2) };
  });
  const signedIn = createSignedIn({ ask } as unknown as NativePort, known);
  const allow = () => {
    allowed = true;
    for (const each of added) each();
  };
  return { downloads, known, ask, signedIn, allow };
}

const refused = () => run({ status: 'failed', code: 'sign_in_needed', recipe: 'link.save' });

test('a run that needs a session is offered, whichever is told first, the address or the end', () => {
  for (const late of [false, true]) {
    const { known, signedIn } = setUp();
    if (!late) signedIn.remember(runId(1), { grant: grantId(1), url: URL });
    known.setRun(refused());
    signedIn.onRun(refused());
    if (late) signedIn.remember(runId(1), { grant: grantId(1), url: URL });
    expect(known.snapshot().signIn).toBe(runId(1));
  }
  const { known, signedIn } = setUp();
  signedIn.onRun(refused());
  expect(known.snapshot().signIn ?? null).toBeNull();
});

test('the browser downloads to a name of chance, the host is told that name, and the browser keeps nothing', async () => {
  const { downloads, ask, signedIn } = setUp();
  signedIn.remember(runId(1), { grant: grantId(1), url: URL });
  await signedIn.download(runId(1));
  const [wish] = downloads.download.mock.calls[0] ?? [];
  expect(wish).toMatchObject({ url: URL, saveAs: false, filename: expect.stringMatching(/^Headgate\/hg-[0-9a-f]{32}$/) });
  const name = wish?.filename.split('/')[1];
  expect(ask).toHaveBeenCalledWith('runs.start', { recipe: 'inbox.file', input: { inbox: INBOX.id, name, grant: grantId(1), url: URL } });
  expect(downloads.removeFile).toHaveBeenCalledWith(5);
  expect(downloads.erase).toHaveBeenCalledWith({ id: 5 });
});

test('nothing is downloaded before the person has allowed it', async () => {
  const { downloads, signedIn, allow } = setUp({ permitted: false });
  signedIn.remember(runId(1), { grant: grantId(1), url: URL });
  const work = signedIn.download(runId(1));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(downloads.download).not.toHaveBeenCalled();
  allow();
  await work;
  expect(downloads.download).toHaveBeenCalledOnce();
});

test('without a granted folder in the downloads, or when the browser fails, it is told and nothing is left', async () => {
  const without = setUp();
  without.known.set({ grants: [grant()] });
  without.signedIn.remember(runId(1), { grant: grantId(1), url: URL });
  await expect(without.signedIn.download(runId(1))).rejects.toMatchObject({ code: 'inbox_missing' });
  expect(without.known.snapshot().problem).toMatchObject({ action: 'save-link', code: 'inbox_missing' });
  expect(without.downloads.download).not.toHaveBeenCalled();
  const broken = setUp({ state: 'interrupted' });
  broken.signedIn.remember(runId(1), { grant: grantId(1), url: URL });
  await expect(broken.signedIn.download(runId(1))).rejects.toMatchObject({ code: 'download_failed' });
  expect(broken.ask).not.toHaveBeenCalled();
  expect(broken.downloads.erase).toHaveBeenCalledOnce();
});

test('the inbox is a folder of that name that may be read and written', () => {
  expect(isInbox(INBOX)).toBe(true);
  expect(isInbox({ ...INBOX, display: 'C:\\Users\\a\\Downloads\\Headgate' })).toBe(true);
  for (const other of [
    { display: '~/Headgate/x' },
    { rights: ['read'] as const },
    { rights: ['write'] as const },
    { state: 'gone' as const },
  ])
    expect(isInbox({ ...INBOX, ...other } as typeof INBOX)).toBe(false);
});
