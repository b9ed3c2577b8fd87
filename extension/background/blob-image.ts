// Reads an image that exists only inside a page, by a function that runs in the frame that shows it. What comes back is the
// page's word: an image in its own address, under the same cap as one that the page had written so.
import * as z from 'zod';
import browser from 'webextension-polyfill';
import { HeadgateError } from '../../shared/errors.ts';
import { MAX_DATA_CHARS } from '../../shared/recipes/web-save.ts';
import { readBlob } from '../page/read-blob.ts';
import { inTime } from './in-time.ts';

const DEADLINE_MS = 20_000;
const Answer = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    data: z
      .string()
      .max(MAX_DATA_CHARS)
      .regex(/^data:image\//i),
  }),
  z.object({ ok: z.literal(false), code: z.enum(['page_only', 'too_large', 'unsupported']) }),
]);

/** The image as a `data:` address. Codes: `page_only` where the browser lets no extension in or the image is gone, `too_large`, `unsupported`, `timeout`. */
export async function readBlobImage(tab: { id: number; frameId?: number | undefined }, address: string): Promise<string> {
  const target = { tabId: tab.id, frameIds: [tab.frameId ?? 0] };
  const run = browser.scripting.executeScript({ target, func: readBlob, args: [address, MAX_DATA_CHARS] }).catch((cause: unknown) => {
    throw new HeadgateError('page_only', 'The browser lets no extension read this page.', { cause });
  });
  const [frame] = await inTime(DEADLINE_MS, run);
  const answer = Answer.safeParse(frame?.result);
  if (!answer.success) throw new HeadgateError('unsupported', 'The page gave no readable answer.');
  if (!answer.data.ok) throw new HeadgateError(answer.data.code, 'The image could not be read in the page.');
  return answer.data.data;
}
