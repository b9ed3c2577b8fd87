// The real relay as a browser starts it, spoken to in raw bytes.
import { type ChildProcess, spawn } from 'node:child_process';
import { EXTENSION_ID } from '../../../native-host/install/manifest.ts';
import { BUNDLES } from '../../../native-host/checkout/places.ts';
import { FrameReader } from '../../../native-host/port/framing.ts';
import { MAX_FRAME_TO_BROWSER } from '../../../shared/protocol/hello.ts';
import { PROTOCOL } from '../../../shared/protocol/version.ts';
import { until, within } from './until.ts';

/** An answer of the agent, as loosely as a test may look at it. */
export interface RawAnswer {
  id?: number | null;
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data: { code: string } };
}

export interface Relay {
  process: ChildProcess;
  answers: RawAnswer[];
  /** Resolves when the process has ended. */
  ended: Promise<number | null>;
  write(bytes: Uint8Array): Promise<void>;
  /** Sends a well-formed request and gives its answer. */
  ask(method: string, params?: unknown): Promise<RawAnswer>;
  /** Waits for the next answer that names no request. */
  nextFailure(): Promise<string>;
  close(): Promise<void>;
}

export function frame(json: string | Uint8Array, declared?: number): Buffer {
  const body = Buffer.from(json);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(declared ?? body.length);
  return Buffer.concat([head, body]);
}

/** Starts a relay; `greeted` also says hello as the extension does. */
export async function startRelay(
  env: Readonly<Record<string, string>>,
  home: string,
  { greeted = true, origin = `chrome-extension://${EXTENSION_ID}/` } = {},
): Promise<Relay> {
  const child = spawn(process.execPath, [BUNDLES.relay, origin], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...env, HEADGATE_HOME: home },
  });
  const reader = new FrameReader({ maxBytes: MAX_FRAME_TO_BROWSER });
  const answers: RawAnswer[] = [];
  let failuresSeen = 0;
  let lastId = 0;
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (bytes: Buffer) => {
    for (const framed of reader.push(bytes)) if (framed.kind === 'message') answers.push(framed.value as RawAnswer);
  });
  // Not its exit: what it said last may still be on its way then.
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const relay: Relay = {
    process: child,
    answers,
    ended,
    write: (bytes) => within(30_000, 'the relay to take the bytes', new Promise((resolve) => child.stdin.write(bytes, () => resolve()))),
    async ask(method, params = {}) {
      const id = ++lastId;
      await relay.write(frame(JSON.stringify({ jsonrpc: '2.0', id, method, params })));
      return until(`the answer to ${method}`, () => answers.find((answer) => answer.id === id));
    },
    async nextFailure() {
      const failures = await until('a failure that names no request', () => {
        const all = answers.filter((answer) => answer.id === null);
        return all.length > failuresSeen && all;
      });
      return failures[failuresSeen++]?.error?.data.code ?? '';
    },
    async close() {
      child.stdin.end();
      await within(5_000, 'the relay to end', ended);
    },
  };
  if (greeted) await relay.ask('host.hello', { protocol: PROTOCOL, client: { kind: 'extension', name: 'test', version: '0' } });
  return relay;
}
