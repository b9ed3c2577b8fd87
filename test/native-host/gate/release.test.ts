// Releases on a real store: what is decided, what is taken out, what the ledger says, what is kept.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listReceipts } from '../../../native-host/gate/ledger.ts';
import { receiptsOf } from '../../../native-host/gate/ledger-of.ts';
import { purgeRedactions } from '../../../native-host/gate/redactions.ts';
import { release, type ReleaseRequest, scanFor } from '../../../native-host/gate/release.ts';
import { createScanner } from '../../../native-host/gate/scan/scanner.ts';
import { purgeSent, readSent, SENT_LIFE_MS } from '../../../native-host/gate/sent-texts.ts';
import { readAnyHandle } from '../../../native-host/state/handles.ts';
import { restore } from '../../../shared/gate/redact.ts';
import type { Label } from '../../../shared/gate/labels.ts';
import { OPS } from '../../../shared/ops/catalogue.ts';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { openFile, referenceTo } from '../../../native-host/gate/resolve.ts';
import { grantFolder, type Granted } from '../support/granted.ts';
import { createRandom, makeProse } from './scan/corpus.ts';

const KEY = `ghp_${'aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5'}`;
const NOW = Date.UTC(2026, 10, 21, 12);

let granted: Granted;
beforeEach(() => {
  granted = grantFolder();
  granted.store.run(
    `INSERT INTO runs (id, recipe, title, input, warrant, state, status, writer, created_at) VALUES (?, '', '', '', ?, '', '', '', 0)`,
    granted.context.run,
    JSON.stringify({ egressBytes: 1_000_000, ops: Object.keys(OPS) }),
  );
});
afterEach(() => granted[Symbol.dispose]());

function requestFor(text: string, more: Partial<ReleaseRequest> & { label?: Label } = {}): ReleaseRequest {
  const { label = 'open', ...rest } = more;
  const { handles, run, step } = granted.context;
  const handle = readAnyHandle(granted.store, handles.putText('text', text, label).handle, NOW);
  return {
    run,
    step,
    destination: 'cloud',
    purpose: 'text.summarize',
    model: 'm',
    handles: [handle],
    labelsNow: [],
    texts: [text],
    approved: false,
    ...rest,
  };
}

function sent(outcome: ReturnType<typeof release>) {
  return outcome.effect === 'send' ? outcome : expect.unreachable(JSON.stringify(outcome));
}

test('a secret does not go: a placeholder does, and the answer is restored at home', () => {
  const { texts, replacements, receipt } = sent(release(granted.store, requestFor(`use ${KEY} here`), NOW));
  expect(texts).toEqual(['use ‹secret:github-token:1› here']);
  expect(restore('The text says to use ‹secret:github-token:1›.', replacements)).toBe(`The text says to use ${KEY}.`);
  expect(receipt).toMatchObject({
    bytes: Buffer.byteLength(texts[0] ?? ''),
    policy: 'default-1',
    rules: [{ rule: 'github-token', kind: 'secret', count: 1, redacted: true }],
  });
  expect(receipt.sent).not.toBe(receipt.hash);
  expect(JSON.stringify(receipt)).not.toContain(KEY);
});

test('what went is kept to the letter while its time lasts, each text once, and then only its hash', () => {
  const first = sent(release(granted.store, requestFor(`use ${KEY} here`), NOW)).receipt;
  const second = sent(release(granted.store, requestFor(`use ${KEY} here`), NOW)).receipt;
  expect(readSent(granted.store, first.id)).toEqual(['use ‹secret:github-token:1› here']);
  expect(granted.store.all('SELECT hash FROM sent_texts')).toHaveLength(1);
  purgeSent(granted.store, NOW + SENT_LIFE_MS);
  expect([readSent(granted.store, first.id), readSent(granted.store, second.id)]).toEqual([[null], [null]]);
  expect(listReceipts(granted.store, 9)).toEqual([second, first]);
});

test('the values behind placeholders are forgotten with the run’s handles', () => {
  release(granted.store, requestFor(KEY), NOW);
  purgeRedactions(granted.store, NOW + 8 * 24 * 3600_000);
  expect(granted.store.all('SELECT 1 FROM redactions')).toEqual([]);
});

test('a receipt says which bytes of which text went', () => {
  const request = requestFor('größer als nötig');
  const { receipt } = sent(release(granted.store, { ...request, texts: ['größer'] }, NOW));
  expect(receipt.ranges).toEqual([{ handle: request.handles[0]?.id, from: 0, to: 8 }]);
});

test('a question says what would be taken out, and writes nothing', () => {
  expect(release(granted.store, requestFor(`${KEY} and ada@river.org`, { label: 'ask' }), NOW)).toMatchObject({
    effect: 'ask',
    reasons: [
      'label ask: this leaves only when you say yes',
      'without 1 secret (github-token)',
      'without 1 address or phone number (email)',
    ],
  });
  expect(listReceipts(granted.store, 9)).toEqual([]);
});

test('a yes sends the text without its secrets', () => {
  expect(sent(release(granted.store, requestFor(KEY, { label: 'ask', approved: true }), NOW)).texts).toEqual(['‹secret:github-token:1›']);
});

test('a client on this machine gets no key; the screen shows what is there', () => {
  expect(sent(release(granted.store, requestFor(`${KEY} ada@river.org`, { destination: 'client' }), NOW)).texts).toEqual([
    '‹secret:github-token:1› ada@river.org',
  ]);
  expect(sent(release(granted.store, requestFor(KEY, { destination: 'screen' }), NOW)).texts).toEqual([KEY]);
});

test('a secret across the border of two texts goes in neither', () => {
  const request = requestFor('');
  const texts = [`the key is ${KEY.slice(0, 17)}`, `${KEY.slice(17)} and no more`];
  expect(sent(release(granted.store, { ...request, texts }, NOW)).texts).toEqual([
    'the key is ‹secret:github-token:1›',
    '‹secret:github-token:2› and no more',
  ]);
});

test('a large text without a scan of exactly this text is refused, with one it goes', async () => {
  const text = `${makeProse(createRandom(1), 20_000)}\n${KEY}`;
  expect(release(granted.store, requestFor(text), NOW)).toMatchObject({ effect: 'refuse', code: 'not_inspected' });
  const scanner = createScanner();
  const request = requestFor(text);
  const scanned = await scanFor(scanner, request.texts);
  expect(release(granted.store, { ...request, texts: [text], scanned }, NOW)).toMatchObject({ effect: 'refuse', code: 'not_inspected' });
  expect(sent(release(granted.store, { ...request, scanned }, NOW)).texts[0]).toContain('‹secret:github-token:1›');
  scanner.close();
});

test('a scan that takes too long refuses the release', async () => {
  const scanner = createScanner(1);
  const request = requestFor(makeProse(createRandom(2), 200_000));
  const scanned = await scanFor(scanner, request.texts);
  expect(scanned.scan).toMatchObject({ inspected: false, problem: 'looking through it took too long, or failed' });
  expect(release(granted.store, { ...request, scanned }, NOW)).toMatchObject({ effect: 'refuse', code: 'not_inspected' });
  scanner.close();
});

test('placeholders longer than what they stand for count against the budget', () => {
  granted.store.run('UPDATE runs SET warrant = ?', JSON.stringify({ egressBytes: 12 }));
  expect(release(granted.store, requestFor('a@river.org'), NOW)).toMatchObject({ effect: 'refuse', code: 'budget_spent' });
});

test('what has left of a file is found by its place, after a rename by which file it is, and after a copy by what it holds', () => {
  granted.write('contract.md', 'The weir is let for a year.');
  const handleOf = (path: string) => {
    using file = openFile(granted.grant, path);
    return granted.context.handles.putFile(referenceTo(file), 'open').handle;
  };
  const made = granted.context.handles.putText('text', 'The weir is let for a year.', 'open', handleOf('contract.md'));
  const handle = readAnyHandle(granted.store, made.handle, NOW);
  const { receipt } = sent(release(granted.store, { ...requestFor(''), handles: [handle], texts: [handle.text ?? ''] }, NOW));
  const left = (path: string) =>
    receiptsOf(granted.store, [granted.grant], join(granted.folder, path)).map(({ receipt: { id }, by }) => ({ id, by }));
  expect(left('contract.md')).toEqual([{ id: receipt.id, by: ['path', 'identity', 'content'] }]);
  granted.write('copy.md', 'The weir is let for a year.');
  expect(left('copy.md')).toEqual([{ id: receipt.id, by: ['content'] }]);
  renameSync(join(granted.folder, 'contract.md'), join(granted.folder, 'moved.md'));
  granted.write('moved.md', 'It says something else now.');
  expect(left('moved.md')).toEqual([{ id: receipt.id, by: ['identity'] }]);
  expect(left('contract.md')).toEqual([{ id: receipt.id, by: ['path'] }]);
  granted.write('other.md', 'Nothing to do with it.');
  expect(left('other.md')).toEqual([]);
  expect(JSON.stringify(receipt)).not.toContain('contract');
});

test('a file outside every grant is said to be so', () => {
  expect(() => receiptsOf(granted.store, [granted.grant], '/etc/hosts')).toThrow('hosts is in no granted folder');
});
