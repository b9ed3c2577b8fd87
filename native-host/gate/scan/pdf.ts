// Knows a PDF, and loads what reads one only when there is one: the reader is larger than all the rest of the host.
import { join } from 'node:path';

type Reader = typeof import('./pdf-text.ts');

/** The mark may stand a little into the file. */
const MARK_WITHIN = 1024;

export function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MARK_WITHIN)).includes('%PDF-');
}

/** All that a reader can find in the document; `null` when it cannot be opened (encrypted, damaged, above the caps). */
export async function textsOfPdf(bytes: Uint8Array): ReturnType<Reader['readPdf']> {
  return (await reader()).readPdf(bytes);
}

/** What its pages say to whoever reads them, in paragraphs, up to about `maxChars`; `null` when it cannot be opened. */
export async function pagesOfPdf(bytes: Uint8Array, maxChars: number): ReturnType<Reader['readPages']> {
  return (await reader()).readPages(bytes, maxChars);
}

async function reader(): Promise<Reader> {
  const loaded = (await import(readerFile())) as Reader | { default: Reader };
  return 'default' in loaded ? loaded.default : loaded;
}

/** The bundle's own file; from source the module itself. */
function readerFile(): string {
  return typeof __filename === 'string' && __filename.endsWith('.cjs')
    ? join(__dirname, 'pdf.cjs')
    : new URL('./pdf-text.ts', import.meta.url).href;
}
