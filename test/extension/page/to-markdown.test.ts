// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { absolute, htmlToMarkdown } from '../../../extension/page/to-markdown.ts';

function convert(html: string): string {
  const root = document.createElement('div');
  root.innerHTML = html;
  return htmlToMarkdown(root);
}

test.each([
  ['a link that runs code keeps only its words', '<a href="javascript:alert(1)">click</a>', 'click'],
  ['a picture inside the page’s own text is left out', '<p>a<img src="data:image/png;base64,AAAA" alt="x">b</p>', 'ab'],
  [
    'a picture keeps its words and address',
    '<img src="https://a.example/p(1).png" alt="A [gate]">',
    '![A gate](https://a.example/p%281%29.png)',
  ],
  ['credentials in a link are taken out', '<a href="https://user:secret@a.example/x">x</a>', '[x](https://a.example/x)'],
  ['scripts, forms and buttons are left out', '<p>kept</p><script>no()</script><form><input>no</form><button>no</button>', 'kept'],
  [
    'code with fences in it gets a longer fence',
    '<pre><code class="language-md">```js\nx\n```</code></pre>',
    '````md\n```js\nx\n```\n````',
  ],
] as const)('%s', (_fact, html, markdown) => {
  expect(convert(html)).toBe(markdown);
});

test.each([
  ['<p>a &lt;script&gt;alert(1)&lt;/script&gt; b &lt;!-- c --&gt; 3 &lt; 4</p>', 'a \\<script>alert(1)\\</script> b \\<!-- c --> 3 < 4'],
  ['<h2>&lt;iframe src="x"&gt;</h2>', '## \\<iframe src="x">'],
  ['<p><a href="https://a.example/">&lt;img src=x onerror=y&gt;</a></p>', '[\\<img src=x onerror=y>](https://a.example/)'],
  ['<img src="https://a.example/p.png" alt="a&lt;b&gt;*c*">', '![a\\<b>\\*c\\*](https://a.example/p.png)'],
  [
    '<table><caption>&lt;b&gt; [x](javascript:y)</caption><tr><th>a</th><th>&lt;i&gt;</th></tr><tr><td>1</td><td>2</td></tr></table>',
    '\\<b> \\[x\\](javascript:y)\n\n| a | \\<i> |\n| --- | --- |\n| 1 | 2 |',
  ],
  ['<p><code>&lt;b&gt;</code></p>', '`<b>`'],
])('what a page only writes about is no HTML of the file, and no link: %s', (html, markdown) => {
  expect(convert(html)).toBe(markdown);
});

test('a page of the web leads to no file of this computer or of its network', () => {
  expect(absolute('file:///etc/passwd', 'https://a.example/')).toBe(null);
  expect(absolute('file://server/share/x.png', 'https://a.example/')).toBe(null);
  expect(absolute('b.html', 'file:///home/me/a.html')).toBe('file:///home/me/b.html');
});

test('a table without a head gets an empty one, so that its first row stays data', () => {
  expect(convert('<table><tr><td>a</td><td>b</td></tr><tr><td colspan="2">c</td></tr></table>')).toBe(
    '|  |  |\n| --- | --- |\n| a | b |\n| c |  |',
  );
});

test('columns keep their alignment', () => {
  expect(
    convert('<table><tr><th align="right">n</th><th style="text-align: center">m</th></tr><tr><td>1</td><td>2</td></tr></table>'),
  ).toBe('| n | m |\n| --: | :-: |\n| 1 | 2 |');
});

test('a table of one column is a layout and keeps its content', () => {
  expect(convert('<table><tr><td><p>one</p><p>two</p></td></tr></table>')).toBe('one\n\ntwo');
});

test('an address is resolved against the page; what is none is nothing', () => {
  expect(absolute('../b?c=1#d', 'https://a.example/x/y')).toBe('https://a.example/b?c=1#d');
  for (const target of [null, '', '#top', 'javascript:x', 'blob:https://a/1', 'http://['])
    expect(absolute(target, 'https://a.example/')).toBeNull();
});
