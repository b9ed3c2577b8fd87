// Questions to the person at the terminal. Where there is no terminal there is no answer, and commands say what to pass instead.
import { createInterface } from 'node:readline/promises';

/** Whether someone can answer: both stdin and stderr are a terminal. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Asks on stderr and gives the trimmed answer; empty when the person closes the input. */
export async function askPerson(question: string, signal?: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question, signal === undefined ? {} : { signal })).trim();
  } catch {
    return '';
  } finally {
    lines.close();
  }
}

/** Yes only when the person types it. */
export async function askYes(question: string): Promise<boolean> {
  return /^(y|yes|j|ja)$/i.test(await askPerson(`${question} [y/N] `));
}
