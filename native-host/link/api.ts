// Calls to the cloud's HTTP API from the host: JSON in, JSON out, a deadline on each, errors by the shared table.
import type * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import { ApiError } from '../../shared/protocol/api.ts';

const DEADLINE_MS = 10_000;
const MAX_ANSWER_BYTES = 1_000_000;
/** Less than the protocol's caps for messages. */
const MAX_SHOWN_CHARS = 400;

/** Posts `body` and parses the answer. Throws the cloud's error by code, or `cloud_away` when it cannot be reached. */
export async function postJson<Schema extends z.ZodType>(
  url: string,
  body: unknown,
  schema: Schema,
  token?: string,
): Promise<z.infer<Schema>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).catch((cause: unknown) => {
    throw new HeadgateError('cloud_away', `The cloud at ${new URL(url).origin} does not answer.`, {
      cause,
      next: 'Check the address and the network; work at home goes on.',
    });
  });
  const value = await readJson(response);
  if (response.ok) {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new HeadgateError('version_mismatch', 'The cloud answered in a way that this host does not understand.', {
      next: 'Update Headgate on this device or the server.',
    });
  }
  const failure = ApiError.safeParse(value);
  if (!failure.success) throw new HeadgateError('cloud_away', `The cloud answered with status ${response.status}.`);
  const { code, message, next } = failure.data.error;
  throw new HeadgateError(code, shownWords(message), next === undefined ? {} : { next: shownWords(next) });
}

/** Words of the cloud's own as a person may read them: short, and nothing in them that does not show. */
export function shownWords(words: string): string {
  return escapeForDisplay(words.slice(0, MAX_SHOWN_CHARS)).slice(0, MAX_SHOWN_CHARS);
}

async function readJson(response: Response): Promise<unknown> {
  const text = await readCapped(response);
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The body's text; a longer one is cut off while it comes. Throws `too_large`, and `cloud_away` when it breaks off. */
async function readCapped(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) throw new HeadgateError('too_large', 'The cloud answered with too much.');
      chunks.push(chunk);
    }
  } catch (cause) {
    throw cause instanceof HeadgateError ? cause : new HeadgateError('cloud_away', 'The answer of the cloud broke off.', { cause });
  }
  return Buffer.concat(chunks).toString('utf8');
}
