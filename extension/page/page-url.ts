// The address of a page as it is saved: what finds the page again, without what only this visit should know.

/** The cap of `Clip.url`. */
const MAX_URL_CHARS = 4000;

/**
 * Takes credentials out, and a fragment that is neither an anchor of the page (`isAnchor`) nor a route like `#/inbox`:
 * fragments carry access tokens and keys. The query stays as it is; only an address above the cap loses it.
 */
export function pageUrl(address: string, isAnchor: (id: string) => boolean = () => false): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return address.slice(0, MAX_URL_CHARS);
  }
  url.username = '';
  url.password = '';
  if (!isPlainFragment(url.hash, isAnchor)) url.hash = '';
  if (url.href.length <= MAX_URL_CHARS) return url.href;
  return `${url.origin}${url.pathname}`.slice(0, MAX_URL_CHARS);
}

function isPlainFragment(hash: string, isAnchor: (id: string) => boolean): boolean {
  if (/^#!?\/[^=]{0,200}$/.test(hash)) return true;
  const id = decode(hash.slice(1));
  return id !== '' && id.length <= 200 && !id.includes('=') && isAnchor(id);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
