// Paths as the laxest file system would compare them, for rules that must not be got round by another spelling of the same
// name: `.SSH`, `.ssh.`, a decomposed `é`, `STRASSE` for `straße`.

/** Text without case, in one normal form and with nothing invisible. */
export function foldText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC');
}

/** An ordinary path of ASCII names, in which there is nothing to fold but case. One pass: no two parts of it can take the same text. */
const ORDINARY = /^\/?[.]*[\w()+,@#&!=%~-]+(?:[. ]+[\w()+,@#&!=%~-]+)*(?:\/[.]*[\w()+,@#&!=%~-]+(?:[. ]+[\w()+,@#&!=%~-]+)*)*$/;

/** A path folded like text, and without trailing dots, spaces or streams of its names, in `/`. */
export function foldPath(path: string): string {
  if (ORDINARY.test(path)) return path.toLowerCase();
  return foldText(path)
    .replace(/\\/g, '/')
    .replace(/(?<=[^/]):[^/]*/g, '')
    .replace(/(?<=[^/. ])[. ]+(?=\/|$)/g, '')
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '');
}

const folders = new WeakMap<{ readonly folder: string }, string>();

/** The folder of a grant, folded once. */
export function foldFolder(grant: { readonly folder: string }): string {
  const folded = folders.get(grant) ?? foldPath(grant.folder);
  if (!folders.has(grant)) folders.set(grant, folded);
  return folded;
}

/** Whether `inner` is `outer` or lies in it; both are folded. */
export function isInside(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
}
