import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createDocumentReader } from '../../../../native-host/ops/doc/reader.ts';
import { createRandom } from '../../../attack/random.ts';
import { makeDocx } from '../../../attack/secrets/carriers.ts';
import { createDice } from '../../../attack/secrets/families.ts';
import { makePdf } from '../../../attack/secrets/pdf.ts';
import { makeZip } from '../../gate/scan/corpus.ts';
import { performOp } from '../../support/perform-op.ts';
import { grantFolder, type Granted } from '../../support/granted.ts';
import { codeOf, textOf } from '../../support/op-outputs.ts';

const extract = (granted: Granted, path: string) => performOp('doc.text', { target: [granted.handleOf(path)] }, granted.context);
const html = async (source: string | Uint8Array) => {
  using granted = grantFolder();
  granted.write('page.html', source);
  return textOf(granted, await extract(granted, 'page.html'));
};

test('Markdown and text come out as they are, with plain line ends', async () => {
  using granted = grantFolder();
  granted.write('a.md', '# Title\r\n\r\nBody');
  expect(textOf(granted, await extract(granted, 'a.md'))).toBe('# Title\n\nBody');
});

test('HTML becomes headings, paragraphs and list items', async () => {
  expect(
    await html(
      '<title>T</title><h1>Main</h1><p>One <b>bold</b>\n word.<p>Two &amp; three<ul><li>first<li>second</ul><h2>Sub</h2>text<br>next',
    ),
  ).toBe('# T\n\n# Main\n\nOne bold word.\n\nTwo & three\n\n- first\n- second\n\n## Sub\n\ntext\n\nnext');
});

test('a title that the first heading repeats is said once', async () => {
  expect(await html('<html><head><title>Same</title></head><body><h1>Same</h1><p>x</p></body></html>')).toBe('# Same\n\nx');
});

test('scripts, styles, hidden parts, navigation and forms say nothing', async () => {
  const source = `<head><style>.a{}</style></head><nav>menu</nav><script>alert("<p>no</p>")</script><p>yes</p><div hidden>no</div><div style="display: none">no<p>no</p></div>
    <template>no</template><noscript>no</noscript><svg><title>no</title></svg><button>no</button><span aria-hidden="true">no</span><p>also</p>`;
  expect(await html(source)).toBe('yes\n\nalso');
});

test('preformatted text keeps its lines in a fence, tables become lines', async () => {
  expect(await html('<pre>a\n  b</pre><table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>')).toBe(
    '```\na\n  b\n```\n\n1 2\n\n3',
  );
});

test.each([
  ['a mark', Buffer.from('\uFEFF<p>Grüße</p>', 'utf16le')],
  ['meta charset', Buffer.from('<meta charset="iso-8859-1"><p>Grüße</p>', 'latin1')],
  ['http-equiv', Buffer.from('<meta http-equiv="Content-Type" content="text/html; charset=windows-1252"><p>Grüße</p>', 'latin1')],
  ['nothing at all', Buffer.from('<p>Grüße</p>')],
  ['a charset that does not exist', Buffer.from('<meta charset="klingon-8"><p>Grüße</p>')],
  ['a wrong utf-16', Buffer.from('<meta charset="utf-16"><p>Grüße</p>')],
])('the charset is known by %s', async (_what, bytes) => {
  expect(await html(bytes)).toBe('Grüße');
});

test('HTML under another name is recognised', async () => {
  using granted = grantFolder();
  granted.write('saved.txt', '<!DOCTYPE html><html><body><p>text</p></body></html>');
  expect(textOf(granted, await extract(granted, 'saved.txt'))).toBe('text');
});

test('broken and deeply nested HTML gives what there is, in time', async () => {
  expect(await html('<p>start</p><div <p <<<>>< unclosed')).toMatch(/^start/);
  expect(await html(`<p>start</p>${'<div>'.repeat(200_000)}deep`)).toMatch(/^start/);
  expect(await html(`<p>start</p>${'<b '.repeat(100_000)}`)).toMatch(/^start/);
});

test('long gaps are passed over in time, wherever they stand', async () => {
  const gap = ' '.repeat(300_000);
  for (const source of [`<pre>a${gap}b</pre>`, `<p>a${gap}b</p>`, `<pre>${'\n'.repeat(300_000)}b</pre>`, `<title>a${gap}b</title><p>x</p>`])
    expect(await html(source), source.slice(0, 8)).toMatch(/[bx]/);
});

test('a document of many characters is cut, and says so', async () => {
  using granted = grantFolder();
  granted.write('long.md', 'word '.repeat(100_000));
  granted.write('long.html', `<p>${'word '.repeat(100_000)}</p>`.repeat(3));
  for (const path of ['long.md', 'long.html']) {
    const result = await extract(granted, path);
    expect(textOf(granted, result)).toHaveLength(400_000);
    expect(result.note).toMatch(/only its beginning/);
  }
});

test('empty, textless and binary files are told apart', async () => {
  using granted = grantFolder();
  granted.write('empty.md', '');
  granted.write('marks.html', '<script>x</script> <p>***</p>');
  granted.write('binary.md', Buffer.alloc(50));
  granted.write('huge.md', Buffer.alloc(20_000_001, 'x'));
  expect(await codeOf(extract(granted, 'empty.md'))).toBe('no_text');
  expect(await codeOf(extract(granted, 'marks.html'))).toBe('no_text');
  expect(await codeOf(extract(granted, 'binary.md'))).toBe('unsupported');
  expect(await codeOf(extract(granted, 'huge.md'))).toBe('too_large');
});

test('the text remembers its file and takes its label', async () => {
  using granted = grantFolder({ label: 'home' });
  granted.write('a.md', 'text');
  const file = granted.handleOf('a.md');
  const { outputs } = await performOp('doc.text', { target: [file] }, granted.context);
  const [output] = outputs;
  expect(output).toMatchObject({ kind: 'text', label: 'home' });
  expect(output && granted.context.handles.get(output.handle).from).toBe(file);
});

describe('PDF and DOCX', () => {
  const WEIR = 'The weir above the mill was repaired in the spring.\nThe keeper opens the gate at noon, and writes it down.';
  const dice = createDice(createRandom(7));
  const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
  const docx = (body: string, more: Record<string, string> = {}) =>
    makeZip({ 'word/document.xml': `<?xml version="1.0"?><w:document ${W}><w:body>${body}</w:body></w:document>`, ...more });
  const paragraph = (inner: string) => `<w:p>${inner}</w:p>`;
  const run = (text: string) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;
  const read = async (name: string, bytes: Uint8Array): Promise<string> => {
    using granted = grantFolder();
    granted.write(name, bytes);
    return textOf(granted, await extract(granted, name));
  };
  const refusal = async (name: string, bytes: Uint8Array): Promise<string> => {
    using granted = grantFolder();
    granted.write(name, bytes);
    return await codeOf(extract(granted, name));
  };

  test.each(['plain', 'kerned', 'glyphs'] as const)('a PDF (%s) gives what its pages say', async (kind) => {
    expect((await read('weir.pdf', makePdf(WEIR, kind))).replace(/\s+/g, ' ')).toBe(WEIR.replace('\n', ' '));
  });

  test('a PDF is one under any name, and a text that speaks of PDF is a text', async () => {
    expect(await read('weir.txt', makePdf(WEIR, 'plain'))).toContain('The keeper opens the gate');
    expect(await read('about.md', Buffer.from('# A file begins with %PDF-1.7'))).toBe('# A file begins with %PDF-1.7');
  });

  test('pages follow each other, and a word that was cut at the end of a line is whole', async () => {
    const lines = Array.from({ length: 120 }, (_, index) => `Line ${index} of the water-`).join('\n');
    const text = await read('long.pdf', makePdf(`${lines}\nlevel`, 'plain'));
    expect(text).toContain('Line 119 of the waterlevel');
    expect(text.indexOf('Line 3 ')).toBeLessThan(text.indexOf('Line 99 '));
  });

  test('a Word document gives its paragraphs, as cut as Word leaves them', async () => {
    expect((await read('weir.docx', makeDocx(WEIR, dice))).split(/\n+/)).toEqual(WEIR.split('\n'));
  });

  test('headings are headings, changes that were taken out and codes of fields are no text, notes come last', async () => {
    const body = [
      paragraph(`<w:pPr><w:pStyle w:val="Title"/></w:pPr>${run('The river')}`),
      paragraph(`<w:pPr><w:pStyle w:val="berschrift2"/></w:pPr>${run('Water &amp; gates')}`),
      paragraph(
        `${run('Kept')}<w:del w:id="1"><w:r><w:delText>gone</w:delText></w:r></w:del>${run(' and')}<w:r><w:tab/></w:r>${run('more')}`,
      ),
      paragraph(`<w:r><w:instrText> HYPERLINK "https://x" </w:instrText></w:r>${run('a link')}`),
    ].join('');
    const notes = { 'word/footnotes.xml': `<w:footnotes ${W}>${paragraph(run('A note.'))}</w:footnotes>` };
    expect(await read('a.docx', docx(body, notes))).toBe('# The river\n\n## Water & gates\n\nKept and more\n\na link\n\nA note.');
  });

  test.each<[string, string, Uint8Array]>([
    ['a PDF that is none', 'a.pdf', Buffer.from('%PDF-1.7\n\x00\x01 nothing')],
    ['a ZIP that is no Word document', 'a.docx', makeZip({ 'notes.txt': 'x' })],
    ['a Word document that is cut off', 'a.docx', docx(paragraph(run(WEIR))).subarray(0, 200)],
    ['a Word document that unpacks to far too much', 'a.docx', docx(paragraph(run('a'.repeat(40_000_000))))],
  ])('%s is refused as what cannot be read', async (_what, name, bytes) => {
    expect(await refusal(name, bytes)).toBe('unsupported');
  });

  test('a PDF of a few bytes that unpacks to gigabytes is ended before it has taken the memory', async () => {
    // Packed twice: what the first unpacking gives is small, what the second gives is one space over and over.
    const block = deflateRawSync(Buffer.alloc(1 << 20, ' '), { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
    const packed = Buffer.concat([
      Buffer.from([0x78, 0xda]),
      ...Array.from({ length: 1_500 }, () => block),
      deflateRawSync('BT (end) Tj ET'),
    ]);
    const bomb = deflateSync(packed, { level: 9 });
    const page = '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n';
    const parts = ['%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n', page];
    const head = `4 0 obj<</Length ${bomb.length}/Filter[/FlateDecode/FlateDecode]>>\nstream\n`;
    const end = '\nendstream\nendobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n';
    const pdf = Buffer.concat([Buffer.from(parts.join('') + head), bomb, Buffer.from(end)]);
    expect(pdf.length).toBeLessThan(20_000);
    // So long a wait that it is not the time which ends it.
    const reader = createDocumentReader(600_000);
    expect(await reader.read(pdf, 1_000, new AbortController().signal)).toBe(null);
    reader.close();
  }, 120_000);

  test('one without any text has none', async () => {
    expect(await refusal('a.pdf', makePdf(' ', 'plain'))).toBe('no_text');
    expect(await refusal('a.docx', docx(paragraph('')))).toBe('no_text');
  });

  test('elements that are never closed cost no second look', async () => {
    const body = `${paragraph(run('before'))}${Array.from({ length: 100_000 }, (_, id) => `<w:del w:id="${id * 7919}">`).join('')}`;
    expect(await read('a.docx', docx(body))).toBe('before');
  });

  test('what takes too long is given up, and the next document is read', async () => {
    const reader = createDocumentReader(1);
    expect(await reader.read(makePdf(WEIR.repeat(500), 'glyphs'), 1_000, new AbortController().signal)).toBeNull();
    reader.close();
    const patient = createDocumentReader();
    expect(await patient.read(makePdf(WEIR, 'plain'), 1_000, new AbortController().signal)).toContain('weir');
    patient.close();
  });

  test('a step that is cancelled waits no longer', async () => {
    const reader = createDocumentReader();
    const stop = new AbortController();
    const reading = reader.read(makePdf(WEIR.repeat(2_000), 'glyphs'), 1_000_000, stop.signal);
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    reader.close();
  });

  test('both are documents of a folder, and are found by a list of it', async () => {
    using granted = grantFolder();
    for (const name of ['a.pdf', 'b.DOCX', 'c.png']) granted.write(name, 'x');
    const { outputs } = await performOp('fs.list', { grant: granted.grant.id }, granted.context);
    expect(outputs.map(({ handle }) => granted.context.handles.get(handle).file?.path)).toEqual(['a.pdf', 'b.DOCX']);
  });
});
