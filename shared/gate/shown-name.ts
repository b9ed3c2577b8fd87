// How a file is called to those who do not open it: its name, escaped and cut, or where names are hidden a mask that says
// what kind of file it is and no more. A mask is one of a few words, so nothing of a name can ride in it.
import * as z from 'zod';
import { escapeForDisplay } from './names.ts';

/** Longest name that is shown. A released name may be longer, by what stands in the place of what was taken out. */
const MAX_NAME_CHARS = 120;
export const MAX_RELEASED_NAME = 400;

export const FileMask = z.enum(['document', 'table', 'slides', 'image', 'audio', 'video', 'archive', 'mail', 'code', 'file']);
export type FileMask = z.infer<typeof FileMask>;

const EXTENSIONS: Readonly<Record<Exclude<FileMask, 'file'>, string>> = {
  document: 'md markdown txt text rst adoc org tex html htm xhtml pdf doc docx odt rtf epub pages log',
  table: 'csv tsv xls xlsx ods numbers',
  slides: 'ppt pptx odp key',
  image: 'png jpg jpeg gif webp bmp svg tif tiff heic avif',
  audio: 'mp3 wav ogg flac m4a opus',
  video: 'mp4 mkv mov webm avi',
  archive: 'zip tar gz tgz bz2 xz zst 7z rar',
  mail: 'eml msg mbox',
  code: 'js mjs ts tsx jsx py rb rs go java c h cpp cs php sh sql json yaml yml toml xml css',
};
const MASKS = new Map(Object.entries(EXTENSIONS).flatMap(([mask, all]) => all.split(' ').map((each) => [each, mask as FileMask] as const)));

/** What stands in the place of a hidden name. */
export function maskOf(path: string): FileMask {
  const name = nameOf(path);
  return MASKS.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) ?? 'file';
}

/** The name of a file without its folder, as it may be read safely; the extension is kept where it is cut. */
export function shownName(path: string): string {
  const name = escapeForDisplay(nameOf(path));
  if (name.length <= MAX_NAME_CHARS) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= 12 ? name.slice(dot) : '';
  // Not through the middle of a pair.
  const stem = name.slice(0, MAX_NAME_CHARS - extension.length - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${stem}…${extension}`;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
