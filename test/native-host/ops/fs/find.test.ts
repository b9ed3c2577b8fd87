import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { performOp } from '../../support/perform-op.ts';
import { grantFolder } from '../../support/granted.ts';
import { hitsOf } from '../../support/op-outputs.ts';

test('names are found without case, the likeliest first', async () => {
  using granted = grantFolder();
  for (const path of [
    'old/invoicement.txt',
    'my-INVOICE-2.pdf',
    'Invoice.md',
    'invoices 2026.md',
    'other.md',
    '.invoice',
    'a/preinvoice.md',
  ])
    granted.write(path, 'x');
  const content = hitsOf(granted, await performOp('fs.find', { query: 'invoice', grants: [granted.grant.id] }, granted.context));
  expect(content.hits.map(({ path }) => path)).toEqual([
    'Invoice.md',
    'invoices 2026.md',
    'old/invoicement.txt',
    'my-INVOICE-2.pdf',
    'a/preinvoice.md',
  ]);
  expect(content.hits[0]).toMatchObject({ line: null, excerpt: 'Invoice.md', grant: granted.grant.id });
  expect(content.total).toBe(5);
});

test('words in another order are found as well, decomposed letters too', async () => {
  using granted = grantFolder();
  granted.write('Vertrag Bäcker 2026.md'.normalize('NFD'), 'x');
  const found = hitsOf(granted, await performOp('fs.find', { query: '2026 bäcker', grants: [granted.grant.id] }, granted.context));
  expect(found.hits).toHaveLength(1);
});

test('a file in two grants is found once, in the inner one', async () => {
  using granted = grantFolder();
  granted.write('in/report.md', 'x');
  granted.write('in.txt', 'x');
  const inner = granted.grants.add({ folder: join(granted.folder, 'in') });
  const { hits } = hitsOf(granted, await performOp('fs.find', { query: 'report', grants: [granted.grant.id, inner.id] }, granted.context));
  expect(hits).toMatchObject([{ grant: inner.id, path: 'report.md' }]);
});

test('a link is not found, and a misleading name is shown escaped', async () => {
  using granted = grantFolder();
  granted.write('report\u202Efdp.exe', 'x');
  symlinkSync('/etc/passwd', join(granted.folder, 'report-link'));
  const { hits } = hitsOf(granted, await performOp('fs.find', { query: 'report', grants: [granted.grant.id] }, granted.context));
  expect(hits.map(({ excerpt }) => excerpt)).toEqual(['report‹U+202E›fdp.exe']);
});
