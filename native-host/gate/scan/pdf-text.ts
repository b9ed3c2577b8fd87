// What stands in a PDF. To be looked through: the text of its pages as a reader shows it, notes, forms, links, scripts,
// attached files; and what is in the file without being shown, such as earlier versions of a page (pdf-streams.ts). To be
// read: what its pages say. For threads alone.
import { getDocumentProxy } from 'unpdf';
import { textsOfStreams } from './pdf-streams.ts';

export const PDF_CAPS = { pages: 3_000, chars: 16 * 1024 * 1024 } as const;

export interface PdfContent {
  /** As it stands. */
  texts: string[];
  /** Without line ends, so that a word that went over one is whole again. */
  joined: string;
  attached: Uint8Array[];
}

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;

/** `null` when it cannot be opened, or is above the caps. */
export async function readPdf(bytes: Uint8Array): Promise<PdfContent | null> {
  const unseen = textsOfStreams(bytes);
  if (unseen === null) return null;
  let pdf: Pdf | null = null;
  try {
    // The reader takes its data away from the caller. `stopAtErrors`: what it cannot read, it must not pass over.
    pdf = await getDocumentProxy(new Uint8Array(bytes), { stopAtErrors: true, useSystemFonts: false, verbosity: 0 });
    if (pdf.numPages > PDF_CAPS.pages) return null;
    const { lines, joined } = await allOfPages(pdf);
    const attached = Object.values((await pdf.getAttachments()) ?? {}) as { filename?: string; content?: Uint8Array }[];
    const aside = [await pdf.getMetadata(), await pdf.getFieldObjects(), await pdf.getJSActions(), await pdf.getOutline()];
    const texts = [lines, stringsIn([aside, attached.map(({ filename }) => filename)]), ...unseen];
    if (texts.reduce((sum, text) => sum + text.length, 0) > PDF_CAPS.chars) return null;
    return { texts, joined, attached: attached.flatMap(({ content }) => content ?? []) };
  } catch {
    return null;
  } finally {
    await pdf?.loadingTask.destroy();
  }
}

/** A gap of so many line heights parts paragraphs. */
const PARAGRAPH_GAP = 1.7;
/** A word that was cut at the end of a line. */
const CUT_WORD = /(\p{Ll})[-\u00ad]\n(?=\p{Ll})/gu;

/** What the pages say, up to about `maxChars`. Where a page is damaged, the others still count. `null` when it cannot be opened. */
export async function readPages(bytes: Uint8Array, maxChars: number): Promise<string | null> {
  let pdf: Pdf | null = null;
  try {
    pdf = await getDocumentProxy(new Uint8Array(bytes), { useSystemFonts: false, verbosity: 0 });
    let text = '';
    for (let number = 1; number <= Math.min(pdf.numPages, PDF_CAPS.pages) && text.length <= maxChars; number += 1)
      text += `${await paragraphsOf(pdf, number)}\n\n`;
    return text.replace(CUT_WORD, '$1').trim();
  } catch {
    return null;
  } finally {
    await pdf?.loadingTask.destroy();
  }
}

async function paragraphsOf(pdf: Pdf, number: number): Promise<string> {
  const page = await pdf.getPage(number);
  const { items } = await page.getTextContent();
  let text = '';
  let lastY: number | null = null;
  for (const item of items) {
    if (!('str' in item)) continue;
    const y = Number(item.transform[5]);
    const height = item.height > 0 ? item.height : 10;
    if (item.str !== '') {
      if (lastY !== null && Math.abs(lastY - y) > height * PARAGRAPH_GAP && text.endsWith('\n')) text += '\n';
      lastY = y;
    }
    text += item.hasEOL ? `${item.str}\n` : item.str;
  }
  page.cleanup();
  return text.trim();
}

async function allOfPages(pdf: Pdf): Promise<{ lines: string; joined: string }> {
  let lines = '';
  let joined = '';
  for (let number = 1; number <= pdf.numPages && lines.length <= PDF_CAPS.chars; number += 1) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    for (const item of items) {
      if (!('str' in item)) continue;
      lines += item.hasEOL ? `${item.str}\n` : item.str;
      joined += item.str;
    }
    lines += `\n${stringsIn(await page.getAnnotations())}\n`;
    page.cleanup();
  }
  return { lines, joined };
}

/** All strings of a value, a line each. */
function stringsIn(value: unknown, depth = 0): string {
  if (typeof value === 'string') return `${value}\n`;
  if (typeof value !== 'object' || value === null || depth > 12 || ArrayBuffer.isView(value)) return '';
  const parts = value instanceof Map ? [...value.entries()].flat() : Object.values(value);
  return parts.map((part) => stringsIn(part, depth + 1)).join('');
}
