// Codes, ops and numbers in words, in the browser's language.
import browser from 'webextension-polyfill';
import type { ErrorCode } from '../../shared/errors.ts';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import { type MessageKey, t } from '../i18n.ts';
import type { ActionProblem, ScreenRun } from '../screen-protocol.ts';
import { ScreenFailure } from './worker.ts';

export function errorWords(code: ErrorCode): string {
  return t(`error_${code}`);
}

const PROBLEMS = {
  'save-page': 'problem_save_page',
  'save-selection': 'problem_save_selection',
  'save-link': 'problem_save_link',
  'save-image': 'problem_save_image',
} as const satisfies Record<ActionProblem['action'], MessageKey>;

export function problemWords(action: ActionProblem['action']): string {
  return t(PROBLEMS[action]);
}

/** What went wrong in an ask, in one or two sentences: ours for the code, then the host's, which name the thing. */
export function failureWords(error: unknown): string {
  if (!(error instanceof ScreenFailure)) return errorWords('internal');
  const { code, message } = error.data;
  return message === '' ? errorWords(code) : `${errorWords(code)} ${message}`;
}

/** What an op does, as a line of progress. Ops of a newer host have no words here. */
export function opWords(op: string): string {
  return t(`op_${op.replace('.', '_')}` as MessageKey) || t('op_unknown');
}

/** What something was released for: an op, or what a screen or another program asked for. */
export function purposeWords(purpose: string): string {
  if (purpose === 'show hits') return t('purpose_hits');
  if (purpose === 'show a change') return t('purpose_change');
  if (purpose === 'names') return t('purpose_names');
  if (purpose.startsWith('mcp ')) return t('purpose_client', escapeForDisplay(purpose.slice(4)));
  return t(`op_${purpose.replace('.', '_')}` as MessageKey) || escapeForDisplay(purpose);
}

/** Its own title; for a run of another device, of which the cloud knows no title, what its recipe does. */
export function runTitle(run: ScreenRun): string {
  return run.title ?? recipeWords(run.recipe);
}

export function recipeWords(recipe: string): string {
  return t(`recipe_${recipe.replace('.', '_')}` as MessageKey) || t('recipe_unknown');
}

/** `34 kB`, with the units of the browser's language. */
export function bytesWords(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let value = bytes;
  let index = 0;
  while (value >= 1000 && index < units.length - 1) {
    value /= 1000;
    index += 1;
  }
  const digits = value < 10 && index > 0 ? 1 : 0;
  return new Intl.NumberFormat(language(), {
    style: 'unit',
    unit: units[index] ?? 'byte',
    // The short form of a byte has no plural in English: “204 byte”.
    unitDisplay: index === 0 ? 'long' : 'short',
    maximumFractionDigits: digits,
  }).format(value);
}

/** `12 Nov`. */
export function dayWords(at: number): string {
  return new Intl.DateTimeFormat(language(), { day: 'numeric', month: 'short' }).format(at);
}

/** `12 Nov 2026, 14:05:07`: exact, for records. */
export function exactTimeWords(at: number): string {
  return new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
}

/** `now`, `5 min ago`, `14:05`, `12 Nov`: short, and exact enough to tell runs apart. */
export function timeWords(at: number, now: number): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return t('time_now');
  if (minutes < 60) return new Intl.RelativeTimeFormat(language(), { style: 'narrow' }).format(-minutes, 'minute');
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(language(), sameDay ? { hour: '2-digit', minute: '2-digit' } : { day: 'numeric', month: 'short' }).format(
    at,
  );
}

export function durationWords(ms: number): string {
  const seconds = ms >= 1000;
  return new Intl.NumberFormat(language(), {
    style: 'unit',
    unit: seconds ? 'second' : 'millisecond',
    unitDisplay: 'short',
    maximumFractionDigits: seconds ? 1 : 0,
  }).format(seconds ? ms / 1000 : Math.max(1, ms));
}

function language(): string {
  return browser.i18n.getUILanguage();
}
