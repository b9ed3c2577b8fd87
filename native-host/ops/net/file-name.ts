// The name under which a download is kept: what the server proposes (Content-Disposition, RFC 6266), else the end of its
// address, made safe for any disk, with an ending that fits what the file is. A program keeps its name but gets one ending
// more, `.download`, under which no system starts it; taking that off is the person's own act.
import { safeFileName } from '../../../shared/gate/names.ts';
import { isProgramName, startsLikeProgram } from '../fs/programs.ts';
import { kindOfEnding, kindOfStart, kindOfType } from './file-kinds.ts';

export interface NameFacts {
  disposition?: string | undefined;
  url: string;
  /** The media type that the server says. */
  type: string;
  /** How the file begins. */
  start: Buffer;
}

export interface DownloadName {
  name: string;
  isProgram: boolean;
}

const PROGRAM_ENDING = '.download';
const FALLBACK = 'Download';
const WISH_CHARS = 600;
const ENDING_CHARS = 20;
/** Endings of what makes pages, not of what they are. */
const MAKES_PAGES = /^\.(php\d?|phtml|aspx?|ashx|jspx?|cgi|pl|cfm|do|action)$/i;

export function nameDownload({ disposition, url, type, start }: NameFacts): DownloadName {
  const wish = shortened(lastPart(namedBy(disposition ?? '') ?? '') || lastPart(pathOf(url)));
  const [stem, given] = splitEnding(wish);
  const ending = endingFor(given, type, start);
  const plain = safeFileName(stem, ending, FALLBACK);
  if (!isProgramName(plain) && !startsLikeProgram(start)) return { name: plain, isProgram: false };
  return { name: safeFileName(stem, `${ending}${PROGRAM_ENDING}`, FALLBACK), isProgram: true };
}

/** Far more than a name on disk holds, with its ending: a server sends any length, and each look at it costs. */
function shortened(name: string): string {
  return name.length <= WISH_CHARS ? name : name.slice(0, WISH_CHARS - ENDING_CHARS) + name.slice(-ENDING_CHARS);
}

/** The ending that was given, unless what the file begins with, or the type of a page, says better. */
function endingFor(given: string, type: string, start: Buffer): string {
  const known = kindOfEnding(given);
  const seen = kindOfStart(start);
  const kind = seen ?? kindOfType(type);
  if (kind === null) return given;
  if (given === '' || MAKES_PAGES.test(given)) return kind.ending;
  // An image is what it is, whatever a script or a lazy server calls it.
  if (seen?.isImage && known !== seen && (known?.isImage || isProgramName(`a${given}`))) return seen.ending;
  // A page where a document was to be: both are shown.
  if (seen?.ending === '.html' && known !== null && known !== seen && known.starts !== undefined) return `${given}${seen.ending}`;
  return given;
}

/** `filename*` before `filename`; `null` when there is none that can be read. */
export function namedBy(disposition: string): string | null {
  const extended = /(?:^|[;\s])filename\*\s*=\s*([a-z0-9-]+)'[^']*'([^;\s]+)/i.exec(disposition);
  const decoded = extended === null ? null : decodeExtended(extended[1] ?? '', extended[2] ?? '');
  if (decoded !== null) return decoded;
  const plain = /(?:^|[;\s])filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]+))/i.exec(disposition);
  if (plain === null) return null;
  const value = plain[1]?.replace(/\\(["\\])/g, '$1') ?? plain[2] ?? '';
  return value === '' ? null : decodePercent(value);
}

/** RFC 8187, which knows two character sets. */
function decodeExtended(charset: string, value: string): string | null {
  if (!/^(?:[^%]|%[0-9a-f]{2})+$/i.test(value)) return null;
  const bytes = Buffer.from(
    value.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    'latin1',
  );
  if (/^iso-8859-1$/i.test(charset)) return bytes.toString('latin1');
  const decoded = bytes.toString('utf8');
  return /^utf-8$/i.test(charset) && !decoded.includes('\ufffd') ? decoded : null;
}

function decodePercent(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function pathOf(url: string): string {
  return decodePercent(URL.parse(url)?.pathname ?? '');
}

/** What comes after the last separator of any system. */
function lastPart(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part.trim() !== '') ?? '';
}

function splitEnding(name: string): [stem: string, ending: string] {
  const plain = name.replace(/[\s.]+$/u, '');
  const dot = plain.lastIndexOf('.');
  return dot > 0 && /^\.[a-z0-9-]{1,12}$/i.test(plain.slice(dot)) ? [plain.slice(0, dot), plain.slice(dot)] : [plain, ''];
}
