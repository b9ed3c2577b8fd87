// doc.text: the text of a document, with its paragraphs, headings and title, into a text handle. Text, Markdown and HTML here,
// PDF and DOCX in a thread of their own (reader.ts). What the file is, its bytes say, not its name.
import { HeadgateError } from '../../../shared/errors.ts';
import { readFile } from '../../gate/resolve.ts';
import { isPdf } from '../../gate/scan/pdf.ts';
import { isZip } from '../../gate/scan/unzip.ts';
import { labelOfFile, MAX_READ_BYTES, only, openTarget } from '../access.ts';
import { decodeText } from '../decode.ts';
import { documentKind } from '../fs/documents.ts';
import type { Op, OpContext } from '../op.ts';

/** UTF-16 units of one document that are kept. */
export const MAX_TEXT_CHARS = 400_000;

const LOOKS_LIKE_HTML = /^\s*(?:<!--[\s\S]{0,500}?-->\s*)?(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html)\b/i;

export const text: Op<'doc.text'> = async ({ target }, context) => {
  using file = openTarget(context, only(target));
  const label = labelOfFile(context, file);
  const bytes = readFile(file, MAX_READ_BYTES);
  const whole = isPacked(bytes, file.path) ? await readElsewhere(bytes, context) : await readHere(bytes, file.path, context);
  const plain = cut(whole, MAX_TEXT_CHARS);
  if (!/[\p{L}\p{N}]/u.test(plain))
    throw new HeadgateError('no_text', bytes.length === 0 ? 'The file is empty.' : 'There is no readable text in this file.');
  const outputs = [context.handles.putText('text', plain, label, only(target))];
  return plain.length < whole.length ? { outputs, note: 'a very long document: only its beginning was read' } : { outputs };
};

/** A text may speak of PDF at its beginning: then its name says which of the two it is. */
function isPacked(bytes: Uint8Array, path: string): boolean {
  return isZip(bytes) || (isPdf(bytes) && (documentKind(path) === 'pdf' || decodeText(bytes) === null));
}

async function readElsewhere(bytes: Uint8Array, { readDocument, signal }: OpContext): Promise<string> {
  const text = await readDocument(bytes, MAX_TEXT_CHARS, signal);
  if (text !== null) return text;
  throw new HeadgateError(
    'unsupported',
    isPdf(bytes) ? 'This PDF cannot be read: it is locked, damaged or far too large.' : 'This is no Word document, or a damaged one.',
  );
}

async function readHere(bytes: Uint8Array, path: string, context: OpContext): Promise<string> {
  const decoded = decodeText(bytes, declaredCharset(bytes));
  if (decoded === null) throw new HeadgateError('unsupported', 'This kind of file holds no text that Headgate can read.');
  const isHtml = documentKind(path) === 'html' || LOOKS_LIKE_HTML.test(decoded.slice(0, 2_000));
  return isHtml ? (await import('./html.ts')).htmlToText(decoded, MAX_TEXT_CHARS, context) : decoded.replace(/\r\n?/g, '\n');
}

/** The charset that HTML or XML declares of itself near its top. */
export function declaredCharset(bytes: Uint8Array): string | undefined {
  const top = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 2_048)).toString('latin1');
  return (
    /<meta\b[^>]{0,200}\bcharset\s*=\s*["']?\s*([\w:-]{2,40})/i.exec(top)?.[1] ??
    /^<\?xml\b[^>]{0,200}\bencoding\s*=\s*["']([\w:-]{2,40})/i.exec(top)?.[1]
  );
}

function cut(whole: string, max: number): string {
  if (whole.length <= max) return whole;
  const code = whole.charCodeAt(max - 1);
  return whole.slice(0, code >= 0xd800 && code <= 0xdbff ? max - 1 : max);
}
