// What the person selected on a page as Markdown, with its links, lists, tables and code. Runs in the page, like clip.ts.
import type { ClipAnswer } from './clip.ts';
import { isTooLarge } from './measure.ts';
import { readMetadata } from './metadata.ts';
import { htmlToMarkdown } from './to-markdown.ts';

/** Ancestors without which their parts would lose their meaning. */
const CARRIERS = new Set(['LI', 'UL', 'OL', 'TD', 'TH', 'TR', 'THEAD', 'TBODY', 'TABLE', 'PRE', 'CODE', 'BLOCKQUOTE', 'A', 'STRONG', 'EM']);

/** Clips the selection of `page`'s window; `no_text` when nothing with letters is selected. */
export function clipSelection(page: Document, now: Date = new Date()): ClipAnswer {
  const selected = selectedHtml(page) ?? selectedInField(page);
  if (selected === null) return { ok: false, code: 'no_text' };
  if (isTooLarge(selected)) return { ok: false, code: 'too_large' };
  const markdown = htmlToMarkdown(selected);
  if (!/[\p{L}\p{N}]/u.test(markdown)) return { ok: false, code: 'no_text' };
  return { ok: true, page: readMetadata(page, undefined, now), markdown };
}

function selectedHtml(page: Document): HTMLElement | null {
  const selection = page.getSelection();
  if (selection === null || selection.isCollapsed) return null;
  const whole = page.createElement('div');
  for (let index = 0; index < selection.rangeCount; index += 1) whole.append(withCarriers(selection.getRangeAt(index)));
  return whole.textContent?.trim() === '' && whole.querySelector('img') === null ? null : whole;
}

/** The range's content inside shallow copies of the list, table, code or quote that it was taken from. */
function withCarriers(range: Range): Node {
  let content: Node = range.cloneContents();
  const common = range.commonAncestorContainer;
  let ancestor = common.nodeType === Node.ELEMENT_NODE ? (common as Element) : common.parentElement;
  while (ancestor !== null && CARRIERS.has(ancestor.nodeName)) {
    const carrier = ancestor.cloneNode(false);
    carrier.appendChild(content);
    content = carrier;
    ancestor = ancestor.parentElement;
  }
  return content;
}

/** Text selected in a text area; single-line fields are left alone, because they hold names and secrets. */
function selectedInField(page: Document): HTMLElement | null {
  const field = page.activeElement;
  if (field === null || field.nodeName !== 'TEXTAREA') return null;
  const { value, selectionStart, selectionEnd } = field as HTMLTextAreaElement;
  const text = value.slice(selectionStart, selectionEnd);
  if (text.trim() === '') return null;
  const whole = page.createElement('div');
  for (const part of text.split(/\n{2,}/)) whole.appendChild(page.createElement('p')).textContent = part;
  return whole;
}
