// Runs the clip scripts in a tab and parses what they answer: a page's word is untrusted. Needs `activeTab`, which the
// person's click on the menu or the toolbar button gives for that tab.
import * as z from 'zod';
import browser from 'webextension-polyfill';
import { HeadgateError } from '../../shared/errors.ts';
import { Clip } from '../../shared/ops/args.ts';
import { MAX_CLIP_CHARS } from '../../shared/recipes/page-save.ts';
import { escapeTags } from '../page/escape-tags.ts';
import type { ClipAction } from './menus.ts';
import { inTime } from './in-time.ts';

const DEADLINE_MS = 20_000;
const SCRIPTS: Record<ClipAction, string> = { 'save-page': '/clip.js', 'save-selection': '/selection.js' };

const Answer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), page: Clip, markdown: z.string().min(1) }),
  z.object({ ok: z.literal(false), code: z.enum(['no_text', 'too_large', 'unsupported']) }),
]);

export interface Clipped {
  page: Clip;
  markdown: string;
}

/**
 * Clips the page or its selection. Codes: `forbidden` where the browser lets no extension in, `unsupported` for what is no
 * HTML page, `no_text`, `too_large`, `timeout`. `selectionText` is what the menu told of the selection: it serves where
 * the frame that holds the selection cannot be scripted.
 */
export async function clipTab(
  action: ClipAction,
  tab: { id: number; frameId?: number | undefined },
  selectionText?: { text: string; page: Clip },
): Promise<Clipped> {
  const answer = await runInPage(action, tab).catch((error: unknown) => {
    if (selectionText === undefined || !(error instanceof HeadgateError) || error.code !== 'forbidden') throw error;
    return { ok: true as const, page: selectionText.page, markdown: escapeTags(selectionText.text) };
  });
  if (!answer.ok) throw new HeadgateError(answer.code, 'The page could not be read.');
  if (answer.markdown.length > MAX_CLIP_CHARS) throw new HeadgateError('too_large', 'The page is too large to be saved.');
  return { page: answer.page, markdown: answer.markdown };
}

async function runInPage(action: ClipAction, tab: { id: number; frameId?: number | undefined }): Promise<z.infer<typeof Answer>> {
  const target = action === 'save-selection' && tab.frameId ? { tabId: tab.id, frameIds: [tab.frameId] } : { tabId: tab.id };
  const run = browser.scripting.executeScript({ target, files: [SCRIPTS[action]] }).catch((cause: unknown) => {
    throw new HeadgateError('forbidden', 'The browser lets no extension read this page.', { cause });
  });
  const [frame] = await inTime(DEADLINE_MS, run);
  const answer = Answer.safeParse(frame?.result);
  if (!answer.success) throw new HeadgateError('unsupported', 'The page gave no readable answer.');
  return answer.data;
}
