// `npm start -- --once`: the main job with the real parts, headless, and out. It has a data folder of its own, so that a
// running `npm start` is not disturbed; the files it names stay, the browser's profile goes.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HeadgateError, toErrorData } from '../../shared/errors.ts';
import type { Receipt } from '../../shared/gate/release.ts';
import type { GrantId } from '../../shared/ids.ts';
import { createOutput, type Output, shown } from '../cli/output.ts';
import type { Terminal } from '../cli/terminal.ts';
import { browserHelp } from './browser-help.ts';
import { type Lock, tryLock } from './lock.ts';
import { type DoneRun, digestFolder, savePage } from './main-job.ts';
import { servePage } from './page-server.ts';
import { DATA } from './places.ts';
import { copySampleDocuments, SAMPLE_PAGE } from './samples.ts';
import { showDone } from './show-done.ts';
import { Backstage, setStage } from './stage.ts';
import type { StartOptions } from './start-options.ts';

const KEPT_RUNS = 3;

interface Finding {
  done: DoneRun[];
  ledger: Receipt[];
}

/** Gives the exit code: 0 only when all succeeded, a step ran in the cloud and its receipt is in the ledger. */
export async function runOnce(options: StartOptions): Promise<number> {
  const out = createOutput(false, options.json ? { stdout: process.stderr, stderr: process.stderr } : process);
  const finding: Finding = { done: [], ledger: [] };
  const backstage = new Backstage();
  const { data, lock } = await makeDataFolder();
  let error: unknown = null;
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => reject(new Error(`Stopped by ${signal}.`)));
  });
  try {
    await Promise.race([doMainJob(options, data, backstage, finding, out), interrupted]);
  } catch (thrown) {
    error = thrown;
  }
  interrupted.catch(() => {});
  const left = await backstage.stop();
  if (left.length > 0) error ??= new Error(`Still running: ${left.join(', ')}`);
  rmSync(join(data, 'profile'), { recursive: true, force: true, maxRetries: 5 });
  lock.release();
  error ??= judge(finding);
  if (options.json) process.stdout.write(`${JSON.stringify(documentOf(finding, error), null, 2)}\n`);
  if (error !== null) out.note(`${out.paint('red', '✗')} ${messageOf(error)}`);
  else out.line(`${out.paint('green', '✓')} All of it succeeded; nothing is left running.`);
  return error === null ? 0 : 1;
}

async function doMainJob(options: StartOptions, data: string, backstage: Backstage, finding: Finding, out: Output): Promise<void> {
  const ownFolder = options.folder === undefined ? null : checkFolder(options.folder);
  await using address = await addressOf(options.page);
  const stage = await setStage(backstage, { data, port: 0, headless: true, say: (line) => out.note(line) });
  const { terminal, opened } = stage;
  if (opened === null) throw new Error(browserHelp());
  const folder = ownFolder ?? join(data, 'documents');
  if (ownFolder === null) copySampleDocuments(folder);
  else
    out.note(
      `granted  ${shown(folder)} for this command: read and write, label open (its text may leave this device); taken back at the end`,
    );
  const digested = await grantOpen(terminal, folder);
  try {
    const pages = options.page === undefined && ownFolder !== null ? await grantOpen(terminal, makeFolder(join(data, 'pages'))) : digested;
    await note(finding, await savePage(opened, terminal, address.url, pages, out), out);
    await note(finding, await digestFolder(terminal, digested, out), out);
    finding.ledger = (await terminal.call('ledger.list', { limit: 500 })).receipts;
  } finally {
    if (ownFolder !== null) await terminal.call('grants.revoke', { grant: digested }).catch(() => {});
  }
}

async function note(finding: Finding, done: DoneRun, out: Output): Promise<void> {
  finding.done.push(done);
  showDone(done, out);
}

async function grantOpen(terminal: Terminal, folder: string): Promise<GrantId> {
  const { grant } = await terminal.call('grants.add', { folder, rights: ['read', 'write'], label: 'open' });
  return grant.id;
}

/** A page on disk is served; a web address is used as it is. */
async function addressOf(page: string | undefined): Promise<{ url: string } & AsyncDisposable> {
  if (page !== undefined && /^https?:\/\//i.test(page)) return { url: page, async [Symbol.asyncDispose]() {} };
  const served = await servePage(page === undefined ? SAMPLE_PAGE : resolve(page));
  return { url: served.url, [Symbol.asyncDispose]: async () => served.close() };
}

function checkFolder(folder: string): string {
  const path = resolve(folder);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    const there = existsSync(path);
    throw new HeadgateError('not_found', there ? `${path} is a file, not a folder.` : `There is no folder ${path}.`);
  }
  return path;
}

function makeFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Makes this run's folder and removes those of old runs that have ended. */
async function makeDataFolder(): Promise<{ data: string; lock: Lock }> {
  const all = join(DATA, 'once');
  const data = join(all, `${new Date().toISOString().replace(/[:.]/g, '-')}-${process.pid}`);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const lock = await tryLock(join(data, 'lock'));
  if (lock === null) throw new Error(`${data} is in use.`);
  const old = readdirSync(all).sort().reverse().slice(KEPT_RUNS);
  for (const name of old) {
    const held = await tryLock(join(all, name, 'lock'));
    if (held === null) continue;
    held.release();
    rmSync(join(all, name), { recursive: true, force: true });
  }
  return { data, lock };
}

/** What is missing for a success, or `null`. */
export function judge({ done, ledger }: Finding): Error | null {
  const failed = done.find(({ view }) => view.status !== 'succeeded');
  if (failed !== undefined) return new Error(`${failed.view.recipe} ${failed.view.status}: ${failed.view.message ?? 'see its steps'}`);
  if (done.length < 2) return new Error('Not all of the main job was done.');
  const receipts = new Set<string>(ledger.map(({ id }) => id));
  const inCloud = done.flatMap(({ view }) => view.steps).filter((step) => step.where === 'cloud' && step.status === 'succeeded');
  if (inCloud.length === 0) return new Error('No step ran in the cloud.');
  if (!inCloud.some((step) => step.receipt !== undefined && receipts.has(step.receipt)))
    return new Error('What ran in the cloud has no receipt in the ledger.');
  return null;
}

function documentOf({ done, ledger }: Finding, error: unknown) {
  const runs = done.map(({ view: { run, recipe, title, status, createdAt, endedAt, steps, code, message } }) => ({
    run,
    recipe,
    title,
    status,
    createdAt,
    endedAt,
    steps,
    code,
    message,
  }));
  const known = toErrorData(error);
  const problem =
    error === null ? {} : { error: { code: known.code, message: messageOf(error), ...(known.next !== undefined && { next: known.next }) } };
  return { ok: error === null, runs, files: done.flatMap(({ files }) => files), ledger, ...problem };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
