// How an act ended, for acts that must be refused: the error's code and words, or that it was done.
import { HeadgateError } from '../../shared/errors.ts';

export interface Refusal {
  /** `done` when nothing was refused, `unexpected` for an error that the table does not know. */
  code: string;
  message: string;
}

export async function refusalOf(act: Promise<unknown> | (() => unknown)): Promise<Refusal> {
  try {
    await (typeof act === 'function' ? act() : act);
    return { code: 'done', message: '' };
  } catch (thrown) {
    if (thrown instanceof HeadgateError) return { code: thrown.code, message: thrown.message };
    return { code: 'unexpected', message: String(thrown) };
  }
}
