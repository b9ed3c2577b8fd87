// Reads from the cloud while a screen is open: the list of runs once, then changes by `WSS /v1/stream`. It only ever
// reads; what acts goes through the host. The token is the host's (`session.token`), short, and kept in memory only.
//
// The reader is *off* (no screen, or not paired) or *on*; while on there is at most one socket, and after a close the next
// one is opened with a fresh token after a pause that grows to `MAX_PAUSE_MS`.
import browser from 'webextension-polyfill';
import { ListRuns } from '../../shared/protocol/api.ts';
import { parseRpc } from '../../shared/protocol/rpc.ts';
import { STREAM_NOTIFICATIONS } from '../../shared/protocol/stream.ts';
import { PROTOCOL } from '../../shared/protocol/version.ts';
import type { RunView } from '../../shared/run/view.ts';

const LIST_DEADLINE_MS = 10_000;
const MIN_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;
const MAX_MESSAGE_CHARS = 1_000_000;

export interface Session {
  token: string;
  cloud: string;
}

export interface CloudReader {
  /** Reads while `wanted`; repeating the same wish does nothing. */
  want(wanted: boolean): void;
}

export interface CloudReaderOptions {
  askSession(): Promise<Session>;
  onRun(run: Omit<RunView, 'steps'>): void;
  random?: () => number;
}

export function createCloudReader({ askSession, onRun, random = Math.random }: CloudReaderOptions): CloudReader {
  let wanted: AbortController | null = null;

  async function read(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const heard = await readOnce(signal).catch(() => false);
      if (heard) failures = 0;
      const pause = Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** failures) * (0.5 + random() / 2);
      await sleep(pause, signal);
    }
  }

  /** Reads until the socket closes; `true` when the cloud had said anything. */
  async function readOnce(signal: AbortSignal): Promise<boolean> {
    const session = await askSession();
    if (signal.aborted) return false;
    void readList(session, signal, onRun).catch(() => undefined);
    return readStream(session, signal, onRun);
  }

  return {
    want(want) {
      if (want === (wanted !== null)) return;
      wanted?.abort();
      wanted = want ? new AbortController() : null;
      if (wanted) void read(wanted.signal);
    },
  };
}

/** Needs the host permission for the cloud's origin, which the person may have declined at sign-in; then there is no list. */
async function readList(session: Session, signal: AbortSignal, onRun: CloudReaderOptions['onRun']): Promise<void> {
  const url = new URL('/v1/runs?limit=50', session.cloud);
  if (!(await browser.permissions.contains({ origins: [`${url.protocol}//${url.hostname}/*`] }))) return;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(LIST_DEADLINE_MS)]);
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${session.token}` },
    signal: deadline,
    credentials: 'omit',
    cache: 'no-store',
  });
  const list = ListRuns.result.safeParse(answer.ok ? decode(await readCapped(answer)) : null);
  if (list.success && !signal.aborted) for (const run of list.data.runs) onRun(run);
}

/** The body's text; of one that is too long no more than its beginning, which is no JSON. */
async function readCapped({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for (const reader = body?.getReader(); reader !== undefined; ) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
    if (text.length <= MAX_MESSAGE_CHARS) continue;
    await reader.cancel();
    break;
  }
  return text;
}

function readStream(session: Session, signal: AbortSignal, onRun: CloudReaderOptions['onRun']): Promise<boolean> {
  const url = new URL('/v1/stream', session.cloud);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    let heard = false;
    const stop = () => socket.close(1000);
    signal.addEventListener('abort', stop, { once: true });
    socket.addEventListener('open', () => {
      const params = { protocol: PROTOCOL, token: session.token };
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'stream.hello', params }));
    });
    socket.addEventListener('message', ({ data }) => {
      const message = typeof data === 'string' && data.length <= MAX_MESSAGE_CHARS ? parseRpc(decode(data)) : null;
      if (message?.kind === 'result') heard = true;
      if (message?.kind !== 'notification' || message.method !== 'run.changed') return;
      const run = STREAM_NOTIFICATIONS['run.changed'].safeParse(message.params);
      if (run.success && !signal.aborted) onRun(run.data);
    });
    socket.addEventListener('close', () => {
      signal.removeEventListener('abort', stop);
      resolve(heard);
    });
  });
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
