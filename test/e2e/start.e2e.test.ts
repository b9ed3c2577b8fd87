// `npm start` in a copy of this checkout: the main job done once on the bundled samples and on a person's own page and
// folder, and two starts at once in one folder.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { Receipt } from '../../shared/gate/release.ts';
import { StepView } from '../../shared/run/view.ts';
import { type Checkout, copyCheckout, type Started } from '../support/world/checkout.ts';
import { manyDocuments } from '../support/world/documents.ts';
import { articlePage } from '../support/world/pages.ts';
import { findProcesses } from '../support/world/processes.ts';
import { until, within } from '../support/world/until.ts';

const Document = z.object({
  runs: z.array(z.object({ recipe: z.string(), status: z.string(), steps: z.array(StepView) })),
  files: z.array(z.string()),
  ledger: z.array(Receipt),
});
const DEADLINE_MS = 80_000;
let checkout: Checkout;

beforeAll(() => {
  checkout = copyCheckout();
});

afterAll(() => checkout?.close());

test('--once --json does the main job on the samples and prints one document', async () => {
  const { document } = await once();
  expect(document.runs.map(({ recipe, status }) => [recipe, status])).toEqual([
    ['page.save', 'succeeded'],
    ['folder.digest', 'succeeded'],
  ]);
  expect(document.files).toHaveLength(2);
  for (const file of document.files) expect(existsSync(file), file).toBe(true);
  const inCloud = document.runs.flatMap(({ steps }) => steps).filter(({ where, status }) => where === 'cloud' && status === 'succeeded');
  expect(inCloud.length).toBeGreaterThan(0);
  for (const { receipt } of inCloud) expect(document.ledger.map(({ id }) => id)).toContain(receipt);
  for (const step of document.runs.flatMap(({ steps }) => steps)) expect(step.why.length).toBeGreaterThan(0);
});

test('--page and --folder take a page and a folder of one’s own, where they are', async () => {
  const folder = join(checkout.folder, 'my documents');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(manyDocuments(3))) writeFileSync(join(folder, name), text);
  const page = join(checkout.folder, 'my page.html');
  writeFileSync(
    page,
    articlePage({
      title: 'The ferry of Ruhrort',
      paragraphs: [
        'The ferry of Ruhrort crosses the river twice an hour, and in summer it carries more bicycles than people.',
        'Its captain learned the trade from her aunt, who had steered the same boat for thirty years.',
      ],
    }),
  );
  const before = readdirSync(folder);
  const { document, stderr } = await once('--page', page, '--folder', folder);
  expect(stderr).toContain('label open');
  const [saved = '', digest = ''] = document.files;
  expect(saved).toBe(join(folder, 'The ferry of Ruhrort.md'));
  expect(dirname(digest)).toBe(folder);
  for (const name of before) expect(readFileSync(digest, 'utf8').replaceAll('\\', '')).toContain(name);
  expect(readdirSync(folder)).toHaveLength(before.length + 2);
});

test('a second start in the same folder says so and leaves; Ctrl-C ends the first with all that it started', async () => {
  const first = checkout.start('--no-samples');
  await until(
    'the first start to be ready',
    () => {
      if (first.process.exitCode !== null) throw new Error(said(first));
      return first.stdout().includes('Headgate is ready');
    },
    DEADLINE_MS,
  );
  const second = checkout.start('--no-samples');
  expect(await within(DEADLINE_MS, 'the second start to leave', second.ended)).toBe(1);
  expect(said(second)).toContain(`already runs in this folder (process ${first.process.pid})`);
  first.process.kill('SIGINT');
  expect(await within(DEADLINE_MS, 'the first start to end', first.ended), said(first)).toBe(0);
  await until('no process to be left', () => findProcesses(checkout.folder).length === 0);
});

async function once(...args: string[]) {
  const started = checkout.start('--once', '--json', ...args);
  const code = await within(DEADLINE_MS, 'the main job to be done', started.ended);
  expect(code, said(started)).toBe(0);
  expect(findProcesses(checkout.folder)).toEqual([]);
  return { document: Document.parse(JSON.parse(started.stdout())), stderr: started.stderr() };
}

function said(started: Started): string {
  return `${started.stdout()}\n${started.stderr()}`;
}
