// Asks a server for a file and gives its answer, head read and body still to come. Each step of the way is judged: the name
// is looked up once, all of its addresses must be of the internet, and the connection goes to exactly those, by a lookup of
// our own, so that a second answer of the name server changes nothing. Redirects are followed by hand, each as a new
// address. What is sent is the same for everybody: no cookies, no sign-in, no referrer, no language, a plain name.
import * as http from 'node:http';
import * as https from 'node:https';
import { HeadgateError } from '../../../shared/errors.ts';
import { parseAddress } from '../../../shared/gate/addresses.ts';
import type { Internet } from './internet.ts';
import { networkError } from './network-error.ts';
import { portOf, readWebAddress, refuseAddress, type WebAddress } from './web-address.ts';

/** From the first packet to the last line of the head. */
export const HEAD_DEADLINE_MS = 30_000;
const LOOKUP_DEADLINE_MS = 10_000;
const MAX_REDIRECTS = 5;
const MAX_HEAD_BYTES = 32_768;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const HEADERS = { 'user-agent': 'Headgate', accept: '*/*', 'accept-encoding': 'identity' } as const;

export interface OpenResponse {
  response: http.IncomingMessage;
  /** Where it came from in the end. */
  url: URL;
  /** What was asked for, and each place that it led to. */
  way: readonly URL[];
}

export interface OpenOptions {
  internet: Internet;
  signal: AbortSignal;
  headDeadlineMs?: number;
}

/** The caller reads the body or destroys the response. Throws `address_refused`, `download_failed`, `timeout`, `cancelled`. */
export async function openResponse(address: string, options: OpenOptions): Promise<OpenResponse> {
  let next = readWebAddress(address);
  const way: URL[] = [];
  for (;;) {
    way.push(next.url);
    const response = await ask(next, await findAddresses(next, options), options);
    const { location } = response.headers;
    if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return { response, url: next.url, way };
    response.destroy();
    if (way.length > MAX_REDIRECTS) throw new HeadgateError('download_failed', 'The server sends us on and on. Nothing was saved.');
    next = readWebAddress(decodeHeader(location), next.url);
  }
}

/** Header values come as bytes in a string; most servers write UTF-8. */
export function decodeHeader(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? value : text;
}

/** Every address of it, all of them judged. */
async function findAddresses({ host, isAddress }: WebAddress, { internet, signal }: OpenOptions): Promise<readonly string[]> {
  const addresses = isAddress ? [host] : await within(LOOKUP_DEADLINE_MS, signal, internet.resolve(host));
  if (addresses.length === 0) throw new HeadgateError('download_failed', 'There is no server of this name.');
  for (const address of addresses) {
    const why = internet.judge(address);
    if (why !== null) throw refuseAddress(why);
  }
  return addresses;
}

function ask(
  { url, host }: WebAddress,
  addresses: readonly string[],
  { internet, signal, headDeadlineMs = HEAD_DEADLINE_MS }: OpenOptions,
): Promise<http.IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const request = (url.protocol === 'https:' ? https : http).request({
    method: 'GET',
    hostname: host,
    port: portOf(url),
    path: `${url.pathname}${url.search}`,
    headers: { ...HEADERS, host: url.host },
    // A connection of its own: none that another download opened, and none kept.
    agent: false,
    signal,
    maxHeaderSize: MAX_HEAD_BYTES,
    // Not left to the environment, which can switch it off.
    rejectUnauthorized: true,
    ...(internet.authorities !== undefined && { ca: internet.authorities }),
    lookup: (_host, { all }, callback) => {
      const [first = { address: '', family: 4 }] = found;
      if (all === true) callback(null, found);
      else callback(null, first.address, first.family);
    },
  });
  const deadline = setTimeout(
    () => request.destroy(new HeadgateError('timeout', 'The server did not answer in time. Nothing was saved.')),
    headDeadlineMs,
  );
  request.on('socket', (socket) =>
    socket.once('connect', () => {
      if (!reached(socket.remoteAddress, addresses)) request.destroy(refuseAddress('another place than its name says'));
    }),
  );
  request.on('error', (thrown) => reject(networkError(thrown, signal)));
  request.on('response', resolve);
  // The last word in every case: a server that answers with a change of protocol ends the request without another.
  request.on('close', () => {
    clearTimeout(deadline);
    reject(
      networkError(new HeadgateError('download_failed', 'The server ended the connection without an answer. Nothing was saved.'), signal),
    );
  });
  request.on('response', () => clearTimeout(deadline));
  request.end();
  return promise;
}

/** Whether the connection is to one of the addresses that were judged, however the system spells it. */
function reached(remote: string | undefined, addresses: readonly string[]): boolean {
  const bytes = plainBytes(remote ?? '');
  return bytes !== '' && addresses.some((address) => plainBytes(address) === bytes);
}

function plainBytes(address: string): string {
  return parseAddress(address.replace(/^::ffff:(?=\d+\.)/i, ''))?.join('.') ?? '';
}

async function within<Result>(ms: number, signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new HeadgateError('timeout', 'The name was not found in time.')), ms);
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, promise]);
  } catch (thrown) {
    throw networkError(thrown, signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
