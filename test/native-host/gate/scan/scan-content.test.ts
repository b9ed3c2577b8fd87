import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { scanBytes, scanTexts } from '../../../../native-host/gate/scan/scan-content.ts';
import { createScanner } from '../../../../native-host/gate/scan/scanner.ts';
import { unpack } from '../../../../native-host/gate/scan/unpack.ts';
import { makePdf } from '../../../attack/secrets/pdf.ts';
import { createRandom, makeDocx, makeProse, makeZip } from './corpus.ts';

const KEY = `ghp_${'aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5'}`;
const rules = async (bytes: Uint8Array) => (await scanBytes(bytes)).findings.map(({ rule }) => rule);

test('what is within something packed is a finding on the whole of it', async () => {
  const bytes = makeDocx(`the key is ${KEY}`);
  expect((await scanBytes(bytes)).findings).toContainEqual({ text: 0, start: 0, end: bytes.length, rule: 'github-token', kind: 'secret' });
});

test('a word that a document splits into parts is put together', async () => {
  expect(await rules(makeDocx(`the key is ${KEY}`, 7))).toContain('github-token');
});

test.each([
  ['unknown binary', randomBytes(2000)],
  ['a program', Buffer.from('7f454c4602010100000000000000000003003e0001000000', 'hex')],
  ['a broken PDF', Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Filter/FlateDecode>>stream\n\x00\x01\x02', 'latin1')],
  ['an archive that is damaged', makeZip({ 'a.txt': makeProse(createRandom(1), 500) }).fill(7, 60, 200)],
  ['a gzip that is cut', gzipSync(makeProse(createRandom(1), 500)).subarray(0, 200)],
  ['a bomb', gzipSync(Buffer.alloc(40_000_000))],
  ['an archive in an archive', makeZip({ 'b.zip': makeZip({ 'a.txt': KEY }) })],
])('%s is not inspected', async (_name, bytes) => {
  expect(await scanBytes(bytes)).toMatchObject({ inspected: false, findings: [] });
});

test.each(['plain', 'kerned', 'glyphs'] as const)('a PDF is read, its text %s, also within an archive', async (kind) => {
  const pdf = makePdf(`${makeProse(createRandom(9), 900)}\nthe key is ${KEY}\n${makeProse(createRandom(8), 900)}`, kind);
  expect(await rules(pdf)).toContain('github-token');
  expect(await rules(makeZip({ 'report.pdf': pdf }))).toContain('github-token');
  expect(await scanBytes(makePdf(makeProse(createRandom(9), 900), kind))).toMatchObject({ inspected: true, findings: [] });
});

test('what an earlier version of a PDF said is read as well', async () => {
  const before = makePdf(`the key is ${KEY}`, 'kerned');
  const after = Buffer.concat([before, makePdf('nothing any more', 'plain')]);
  expect(await rules(after)).toContain('github-token');
});

test('an encrypted PDF is not inspected', async () => {
  const open = makePdf('nothing of the kind', 'plain').toString('latin1');
  const locked = open.replace(
    'trailer\n<<',
    `trailer\n<</Encrypt<</Filter/Standard/V 1/R 2/O<${'a1'.repeat(32)}>/U<${'b2'.repeat(32)}>/P -44>>/ID[<00><00>]`,
  );
  expect(await scanBytes(Buffer.from(locked, 'latin1'))).toMatchObject({ inspected: false });
});

test('words in a picture are read; a picture without words is let be', async () => {
  const picture = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), randomBytes(500)]);
  expect((await scanBytes(picture)).inspected).toBe(true);
  expect(await rules(Buffer.concat([picture, Buffer.from(`Comment\0${KEY}\0`)]))).toContain('github-token');
  expect(await rules(Buffer.concat([picture, Buffer.from(`\0${KEY}`, 'utf16le')]))).toContain('github-token');
});

test('what lies in an archive outside of its entries is not passed over', async () => {
  const zip = makeZip({ 'a.txt': 'plain' });
  const end = zip.lastIndexOf('PK\x05\x06');
  expect((await scanBytes(Buffer.concat([randomBytes(200), zip]))).inspected).toBe(false);
  expect((await scanBytes(Buffer.concat([zip.subarray(0, end), randomBytes(60), zip.subarray(end)]))).inspected).toBe(false);
  expect(await rules(Buffer.concat([zip, Buffer.from(KEY)]))).toContain('github-token');
});

test('what makes a word a secret may stand before the border', () => {
  expect(scanTexts(['db_password = ', 'k7Gt2pQz9!xy\n']).findings).toEqual([
    { text: 1, start: 0, end: 12, rule: 'password', kind: 'secret' },
  ]);
});

test('pictures in a document are passed over, its text is not', async () => {
  const zip = makeZip({
    'media/1.png': Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), randomBytes(500)]),
    'a.xml': `<?xml version="1.0"?><t>${KEY}</t>`,
  });
  expect(await rules(zip)).toContain('github-token');
});

test('a bomb is not inflated beyond its ratio', () => {
  expect(unpack(gzipSync(Buffer.alloc(30_000_000)))).toBeNull();
  expect(unpack(makeZip({ 'a.txt': Buffer.alloc(30_000_000) }))).toBeNull();
});

test('long encoded data that is no text is opaque; short ids and hashes are nothing', () => {
  const long = randomBytes(600).toString('base64');
  expect(scanTexts([`![picture](data:image/png;base64,${long})`]).findings).toEqual([
    expect.objectContaining({ rule: 'encoded-data', kind: 'opaque' }),
  ]);
  expect(
    scanTexts([`integrity sha512-${randomBytes(64).toString('base64')}`, `commit ${randomBytes(20).toString('hex')}`]).findings,
  ).toEqual([]);
});

test('a secret across the border of two texts is found in both', () => {
  const before = `${makeProse(createRandom(3), 50)}${KEY.slice(0, 9)}`;
  expect(scanTexts([before, KEY.slice(9)]).findings).toEqual([
    { text: 0, start: before.length - 9, end: before.length, rule: 'github-token', kind: 'secret' },
    { text: 1, start: 0, end: KEY.length - 9, rule: 'github-token', kind: 'secret' },
  ]);
});

test('a thread finds what this thread finds', async () => {
  const scanner = createScanner();
  const texts = [`${makeProse(createRandom(4), 30_000)}${KEY} `, makeProse(createRandom(5), 30_000)];
  expect(await scanner.texts(texts)).toEqual(scanTexts(texts));
  expect(await scanner.bytes(Buffer.from(texts.join('\n')))).toMatchObject({
    inspected: true,
    findings: [expect.objectContaining({ rule: 'github-token' })],
  });
  scanner.close();
});

test('a cancelled scan ends at once', async () => {
  const scanner = createScanner();
  const abort = new AbortController();
  const scan = scanner.texts([makeProse(createRandom(6), 100_000)], abort.signal);
  abort.abort();
  await expect(scan).rejects.toMatchObject({ code: 'cancelled' });
  scanner.close();
});

test('a scanner that is closed meanwhile has inspected nothing', async () => {
  const scanner = createScanner();
  const scan = scanner.texts([makeProse(createRandom(7), 100_000)]);
  scanner.close();
  expect(await scan).toMatchObject({ inspected: false });
});
