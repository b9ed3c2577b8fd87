import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';
import { createNotices, NOTICE_ID, noticeWords } from '../../../extension/background/notices.ts';
import type { ApprovalId } from '../../../shared/ids.ts';
import type { ApprovalView } from '../../../shared/protocol/native.ts';
import { readMessages, speak } from '../support/browser.ts';
import { approval, id } from '../support/samples.ts';

const create = vi.fn(async () => NOTICE_ID);
const clear = vi.fn(async () => true);

beforeEach(() => {
  speak();
  vi.useFakeTimers();
  create.mockClear();
  clear.mockClear();
  Object.assign(fakeBrowser.notifications, { create, clear });
  Object.assign(fakeBrowser.runtime, { getURL: (path: string) => `chrome-extension://x/${path}` });
});
afterEach(() => vi.useRealTimers());

const waiting = (...numbers: number[]): ApprovalView[] =>
  numbers.map((number) => approval({ id: id<ApprovalId>('a', number), title: 'Secret plans', items: ['secret.md'] }));
const soon = () => vi.advanceTimersByTimeAsync(1_000);

test('questions that come together are told of once, without a name or a word of them', async () => {
  const notices = createNotices({ isWatched: async () => false });
  notices.show(waiting(1));
  notices.show(waiting(1, 2));
  await soon();
  expect(create).toHaveBeenCalledTimes(1);
  expect(JSON.stringify(create.mock.calls)).not.toMatch(/secret/i);
  expect(create).toHaveBeenCalledWith(NOTICE_ID, expect.objectContaining({ message: 'Questions that wait for your answer: 2' }));
});

test('what is known already is not told again', async () => {
  const notices = createNotices({ isWatched: async () => false });
  notices.show(waiting(1, 2));
  await soon();
  notices.show(waiting(2));
  notices.show(waiting(2));
  await soon();
  expect(create).toHaveBeenCalledTimes(1);
  notices.show(waiting(2, 3));
  await soon();
  expect(create).toHaveBeenCalledTimes(2);
});

test('the notice goes when nothing waits any more', async () => {
  const notices = createNotices({ isWatched: async () => false });
  notices.show(waiting(1));
  await soon();
  expect(clear).not.toHaveBeenCalled();
  notices.show([]);
  expect(clear).toHaveBeenCalledExactlyOnceWith(NOTICE_ID);
});

test('a question that is answered at once, or looked at anyway, is not told of', async () => {
  const notices = createNotices({ isWatched: async () => false });
  notices.show(waiting(1));
  notices.show([]);
  await soon();
  const watched = createNotices({ isWatched: async () => true });
  watched.show(waiting(2));
  await soon();
  expect(create).not.toHaveBeenCalled();
});

test.each([
  ['release', /sent/],
  ['change', /changed/],
  ['plan', /run/],
] as const)('one question is told by its kind: %s', (kind, words) => {
  expect(noticeWords([approval({ kind, title: 'Secret plans' })])).toMatch(words);
});

test('no words of a notice have a place for a name', () => {
  for (const locale of ['en', 'de'] as const) {
    const messages = readMessages(locale);
    for (const key of ['notice_title', 'notice_release', 'notice_change', 'notice_plan']) expect(messages[key]?.message).not.toContain('$');
  }
});
