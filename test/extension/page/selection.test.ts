// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';
import { clipSelection } from '../../../extension/page/selection.ts';

beforeEach(() => {
  document.body.innerHTML = '';
  document.getSelection()?.removeAllRanges();
});

function select(html: string, from: string, to: string): void {
  document.body.innerHTML = html;
  const range = document.createRange();
  range.setStartBefore(document.querySelector(from) as Element);
  range.setEndAfter(document.querySelector(to) as Element);
  document.getSelection()?.addRange(range);
}

function markdown(): string {
  const answer = clipSelection(document);
  if (!answer.ok) throw new Error(answer.code);
  return answer.markdown;
}

test('list items keep their list', () => {
  select('<ol><li>one</li><li id="b">two <a href="https://a.example/x">x</a></li><li id="c">three</li></ol>', '#b', '#c');
  expect(markdown()).toBe('1.  two [x](https://a.example/x)\n2.  three');
});

test('rows keep their table', () => {
  select('<table><tbody><tr id="a"><td>1</td><td>2</td></tr><tr id="b"><td>3</td><td>4</td></tr></tbody></table>', '#a', '#b');
  expect(markdown()).toBe('|  |  |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |');
});

test('nothing selected is no text', () => {
  document.body.innerHTML = '<p>words</p>';
  expect(clipSelection(document)).toEqual({ ok: false, code: 'no_text' });
});

test('a selection in a text area is taken, one in a line of a form is not', () => {
  document.body.innerHTML = '<textarea>first part\n\nsecond part</textarea><input type="password" value="secret">';
  const area = document.querySelector('textarea') as HTMLTextAreaElement;
  area.focus();
  area.setSelectionRange(0, 23);
  expect(markdown()).toBe('first part\n\nsecond part');
  (document.querySelector('input') as HTMLInputElement).focus();
  (document.querySelector('input') as HTMLInputElement).select();
  expect(clipSelection(document)).toEqual({ ok: false, code: 'no_text' });
});
