// The system's own notification that a question waits: one for all of them, told anew only when a new one comes, and taken
// away when none waits any more. The system may keep what it shows, so it says only that something waits and of what kind: no
// name, no text, no folder. A click on it opens the popup; nothing takes the focus by itself.
import browser from 'webextension-polyfill';
import type { ApprovalView } from '../../shared/protocol/native.ts';
import { t } from '../i18n.ts';

export const NOTICE_ID = 'approvals';
/** Questions of one run come in a row; they are told of together. */
const TOGETHER_MS = 300;

type Waiting = readonly Pick<ApprovalView, 'id' | 'kind'>[];
const WORDS = { release: 'notice_release', change: 'notice_change', plan: 'notice_plan' } as const;

/** What to say of these questions; pure. */
export function noticeWords(waiting: Waiting): string {
  const [first] = waiting;
  return first !== undefined && waiting.length === 1 ? t(WORDS[first.kind]) : t('notice_many', String(waiting.length));
}

export interface Notices {
  /** All questions that wait now. */
  show(waiting: Waiting): void;
}

export interface NoticesOptions {
  /** Whether the person is looking at a screen that shows the questions anyway. */
  isWatched(): Promise<boolean>;
}

export function createNotices({ isWatched }: NoticesOptions): Notices {
  let known: ReadonlySet<string> = new Set();
  let latest: Waiting = [];
  let news = false;
  let planned = false;

  const tell = async (): Promise<void> => {
    planned = false;
    if (!news || latest.length === 0) return;
    news = false;
    if (await isWatched().catch(() => false)) return;
    await browser.notifications.create(NOTICE_ID, {
      type: 'basic',
      iconUrl: browser.runtime.getURL('icon/128.png'),
      title: t('notice_title'),
      message: noticeWords(latest),
    });
  };
  return {
    show(waiting) {
      news = (news && waiting.length > 0) || waiting.some(({ id }) => !known.has(id));
      known = new Set(waiting.map(({ id }) => id));
      const ended = latest.length > 0 && waiting.length === 0;
      latest = waiting;
      if (ended) void browser.notifications.clear(NOTICE_ID).catch(() => undefined);
      // A system without notifications has the badge.
      if (!news || planned) return;
      planned = true;
      setTimeout(() => void tell().catch(() => undefined), TOGETHER_MS);
    },
  };
}

/** Registers the click; call in the worker's first turn. Where no popup can be opened, the panel is opened in a tab. */
export function serveNoticeClicks(): void {
  browser.notifications.onClicked.addListener((id) => {
    if (id !== NOTICE_ID) return;
    void browser.notifications.clear(NOTICE_ID).catch(() => undefined);
    void openQuestions();
  });
}

async function openQuestions(): Promise<void> {
  try {
    const { id } = await browser.windows.getLastFocused();
    if (id !== undefined) await browser.windows.update(id, { focused: true });
    await browser.action.openPopup();
  } catch {
    await browser.tabs.create({ url: browser.runtime.getURL('/sidepanel.html') });
  }
}
