// Decides whether a page is too large to clip, in a walk that stops at the limit: a page of 20 MB must not freeze its tab.

/** Elements of a page, at most. */
export const MAX_ELEMENTS = 40_000;
/** Characters of text that a person could see, at most; scripts and styles do not count. */
export const MAX_TEXT_CHARS = 1_500_000;

const UNSEEN = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE']);

export function isTooLarge(root: Document | DocumentFragment | Element): boolean {
  const page = root.ownerDocument ?? (root as Document);
  const walker = page.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  let elements = 0;
  let chars = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node.nodeType === Node.ELEMENT_NODE) elements += 1;
    else if (!UNSEEN.has(node.parentNode?.nodeName ?? '')) chars += node.nodeValue?.length ?? 0;
    if (elements > MAX_ELEMENTS || chars > MAX_TEXT_CHARS) return true;
  }
  return false;
}
