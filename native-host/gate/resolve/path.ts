// A path from outside, taken apart. Only names in order: nothing absolute, no way up, nothing that one system reads
// differently from another. Encoded dots (`%2e`) are ordinary names here, because nobody decodes them later.
import { isDeviceName } from '../../../shared/gate/names.ts';
import { refusal, type Named } from './errno.ts';

const MAX_SEGMENTS = 64;
const MAX_SEGMENT_BYTES = 255;
const MAX_PATH_CHARS = 4096;
/** Nearly every name: nothing in it that any of the questions below is about, but the one for devices. */
const ORDINARY = /^[\w(][\w ()+,@#&!=%~.-]{0,80}[\w()]$/;

/** The segments of a grant-relative path; none for the grant's own folder. Throws `path_refused`. */
export function parsePath(path: string, named: Named, platform: NodeJS.Platform = process.platform): string[] {
  const refuse = (says: string) => refusal('path_refused', says, { ...named, path: '' });
  if (path === '') return [];
  if (path.length > MAX_PATH_CHARS) throw refuse('The path is too long.');
  if (path.includes('\0')) throw refuse('The path contains a NUL character.');
  if (!path.isWellFormed()) throw refuse('The path is not valid Unicode.');
  if (path.startsWith('/') || (platform === 'win32' && /[\\:]/.test(path)))
    throw refuse('Only paths inside a granted folder are taken, not absolute ones.');
  const segments = path.split('/');
  if (segments.length > MAX_SEGMENTS) throw refuse('The path goes through too many folders.');
  for (const segment of segments) {
    const says = segmentProblem(segment, platform);
    if (says !== null) throw refuse(says);
  }
  return segments;
}

/** What is wrong with one name, or `null`. */
export function segmentProblem(segment: string, platform: NodeJS.Platform = process.platform): string | null {
  if (ORDINARY.test(segment) && !isDeviceName(segment)) return null;
  if (segment === '') return 'The path has an empty part.';
  if (segment === '.' || segment === '..') return 'The path may not contain “.” or “..”.';
  if (segment.includes('/')) return 'A name may not contain “/”.';
  if (segment.includes('\0')) return 'The name contains a NUL character.';
  if (!segment.isWellFormed()) return 'The name is not valid Unicode.';
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) return 'A name in the path is too long.';
  // What Node makes of bytes that are no Unicode. Another file may really have that name.
  if (segment.includes('\ufffd')) return 'The name is not valid Unicode, so it cannot be told from others. Rename it first.';
  // On every system: a folder that is synced or copied would carry it to one where it opens a device.
  if (isDeviceName(segment)) return 'Windows keeps this name for a device, so Headgate takes it on no system.';
  if (platform === 'win32' && /[<>:"\\|?*]|[. ]$/.test(segment)) return 'Windows does not take this name.';
  return null;
}
