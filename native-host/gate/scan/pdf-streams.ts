// What a PDF file holds whether or not a page shows it: objects that nothing refers to any more, earlier versions, what was
// painted over. Finds the streams by their words, inflates them, and puts the pieces of text together that belong to one
// line. Knows no fonts: text in numbers of glyphs is read by pdf-text.ts, on the pages that are shown.
import { constants, inflateSync } from 'node:zlib';
import { roomFor } from './unpack.ts';

/** Of a stream that is text, at most one byte of so many is a control character. */
const TEXT_SHARE = 20;
const STREAM = /stream\r?\n/g;

/** `null` when there is more in it than is looked through. */
export function textsOfStreams(bytes: Uint8Array): string[] | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const letters = file.toString('latin1');
  const texts: string[] = [];
  let between = '';
  let room = roomFor(file.length);
  let last = 0;
  STREAM.lastIndex = 0;
  for (let match = STREAM.exec(letters); match !== null; match = STREAM.exec(letters)) {
    const from = match.index + match[0].length;
    const end = letters.indexOf('endstream', from);
    if (end < 0) break;
    const head = letters.slice(Math.max(last, match.index - 2_000), match.index);
    between += letters.slice(last, match.index);
    last = end;
    STREAM.lastIndex = end + 'endstream'.length;
    const body = /\/Subtype\s*\/Image\b/.test(head.slice(head.lastIndexOf(' obj'))) ? null : opened(file.subarray(from, end), head, room);
    if (body === 'too much') return null;
    if (body === null || !isMostlyText(body)) continue;
    room -= body.length;
    const text = body.toString('latin1');
    texts.push(text, shownBy(text));
  }
  between += letters.slice(last);
  return [between, shownBy(between), ...texts];
}

function opened(body: Buffer, head: string, room: number): Buffer | null | 'too much' {
  if (!/FlateDecode|\/Fl\b/.test(head.slice(head.lastIndexOf(' obj')))) return body.length > room ? 'too much' : body;
  try {
    return inflateSync(body, { maxOutputLength: Math.max(1, room), finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too much' : null;
  }
}

function isMostlyText(bytes: Buffer): boolean {
  let odd = 0;
  for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 32)) odd += 1;
  return odd * TEXT_SHARE <= bytes.length;
}

/** Strings in brackets or in hexadecimal, and the operators that start another line. */
const PIECE = /\(((?:\\[\s\S]|[^\\()])*)\)|<([0-9A-Fa-f\s]{2,65535})>|\b(?:Tj|TJ|T\*|Td|TD|Tm|ET|endobj)|['"]/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\n', t: '\t', b: '', f: '' };

/** What the strings say, those of one line together. */
function shownBy(operators: string): string {
  let shown = '';
  for (const [whole, literal, hex] of operators.matchAll(PIECE)) {
    if (literal !== undefined) {
      shown += literal.replace(/\\(?:([0-7]{1,3})|\r?\n|([\s\S]))/g, (_all, octal, char) =>
        octal === undefined ? (ESCAPES[char as string] ?? char ?? '') : String.fromCharCode(Number.parseInt(octal, 8) & 255),
      );
    } else if (hex !== undefined) shown += Buffer.from(hex.replaceAll(/\s/g, ''), 'hex').toString('latin1');
    else if (whole !== 'Tj' && whole !== 'TJ') shown += '\n';
  }
  return shown.replaceAll('\0', '');
}
