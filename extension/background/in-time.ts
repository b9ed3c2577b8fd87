// A deadline for what a page does.
import { HeadgateError } from '../../shared/errors.ts';

/** Throws `timeout` when `work` is not done in time. */
export function inTime<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new HeadgateError('timeout', 'The page did not answer in time.')), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
