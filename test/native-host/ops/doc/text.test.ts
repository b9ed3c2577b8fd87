import { expect, test } from 'vitest';
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
