// Calls to the cloud's HTTP API from the host: JSON in, JSON out, a deadline on each, errors by the shared table.
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSafe } from 'node:https';
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
  const response = await post(new URL(url), JSON.stringify(body), token).catch((cause: unknown) => {
    throw new HeadgateError('cloud_away', `The cloud at ${new URL(url).origin} does not answer.`, {
      cause,
      next: 'Check the address and the network; work at home goes on.',
    });
  });
  const status = response.statusCode ?? 0;
  const value = await readJson(response);
  if (status >= 200 && status < 300) {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new HeadgateError('version_mismatch', 'The cloud answered in a way that this host does not understand.', {
      next: 'Update Headgate on this device or the server.',
    });
  }
  const failure = ApiError.safeParse(value);
  if (!failure.success) throw new HeadgateError('cloud_away', `The cloud answered with status ${status}.`);
  const { code, message, next } = failure.data.error;
  throw new HeadgateError(code, shownWords(message), next === undefined ? {} : { next: shownWords(next) });
}

/**
 * Not by `fetch`: what Node loads for it stays in the agent's memory (10 MB), and the link's socket is made of these modules
 * anyway. (A dynamic import of these modules would load the same, as it asks for all that they export.) Redirects are not followed.
 */
function post(url: URL, body: string, token: string | undefined): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestSafe : requestPlain;
  return new Promise((resolve, reject) => {
    request(
      url,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        agent: false,
        signal: AbortSignal.timeout(DEADLINE_MS),
      },
      resolve,
    )
      .on('error', reject)
      // Without an error where the answer is a change of protocol: then there is no response either.
      .on('close', () => reject(new Error('closed without an answer')))
      .end(body);
  });
}

/** Words of the cloud's own as a person may read them: short, and nothing in them that does not show. */
export function shownWords(words: string): string {
  return escapeForDisplay(words.slice(0, MAX_SHOWN_CHARS)).slice(0, MAX_SHOWN_CHARS);
}

async function readJson(response: IncomingMessage): Promise<unknown> {
  const text = await readCapped(response);
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The body's text; a longer one is cut off while it comes. Throws `too_large`, and `cloud_away` when it breaks off. */
async function readCapped(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) throw new HeadgateError('too_large', 'The cloud answered with too much.');
      chunks.push(chunk);
    }
  } catch (cause) {
    throw cause instanceof HeadgateError ? cause : new HeadgateError('cloud_away', 'The answer of the cloud broke off.', { cause });
  }
  return Buffer.concat(chunks).toString('utf8');
}
