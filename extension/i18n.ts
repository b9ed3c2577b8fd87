// Every word that the extension shows, through the browser's i18n. Keys are those of the English messages, so a missing
// one is a type error; a test keeps the locales equal and finds keys that nothing uses.
import browser from 'webextension-polyfill';
import type messages from './public/_locales/en/messages.json';

export type MessageKey = keyof typeof messages;

/** The message in the browser's language; `$1`… are replaced by `values`. */
export function t(key: MessageKey, ...values: string[]): string {
  return browser.i18n.getMessage(key, values);
}

type PluralStem = MessageKey extends infer Key ? (Key extends `${infer Stem}_one` ? Stem : never) : never;

/** A message with a number: `<stem>_one` or `<stem>_other` by the language's own rule; `$1` is the number. */
export function tCount(stem: PluralStem, count: number, ...values: string[]): string {
  const form = new Intl.PluralRules(browser.i18n.getUILanguage()).select(count) === 'one' ? 'one' : 'other';
  return t(`${stem}_${form}` as MessageKey, String(count), ...values);
}
