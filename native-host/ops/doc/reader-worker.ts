// The thread in which PDF and DOCX are read.
import { parentPort } from 'node:worker_threads';
import type { Answered, Numbered } from '../../thread.ts';
import { isPdf, pagesOfPdf } from '../../gate/scan/pdf.ts';
import type { DocumentTask } from './reader.ts';
import { textOfDocx } from './docx.ts';

parentPort?.on('message', async ({ id, bytes, maxChars }: Numbered<DocumentTask>) => {
  const answer = await textOf(bytes, maxChars).catch(() => null);
  parentPort?.postMessage({ id, answer } satisfies Answered<string>);
});

async function textOf(bytes: Uint8Array, maxChars: number): Promise<string | null> {
  return isPdf(bytes) ? pagesOfPdf(bytes, maxChars) : textOfDocx(bytes, maxChars);
}
