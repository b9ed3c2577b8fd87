// Asks the host one thing the way a browser does: starts the launcher, writes a frame, reads a frame. What comes back
// instead of a frame is shown as text, because it usually names the culprit (a shell's greeting, a usage line).
import { MAX_FRAME_TO_BROWSER } from '../../shared/protocol/hello.ts';
import { parseRpc } from '../../shared/protocol/rpc.ts';
import { PROTOCOL } from '../../shared/protocol/version.ts';
import { encodeFrame, FrameReader, type Framed } from '../port/framing.ts';
import { runProcess } from '../spawn.ts';
import { VERSION } from '../version.ts';

const DEADLINE_MS = 15_000;
const MAX_SHOWN = 200;

export type Asked = { kind: 'answered'; protocol: number; ms: number } | { kind: 'failed'; says: string; next: string };

/** Says hello through `launcher` with the extension's origin. Never throws. */
export async function askThroughLauncher(launcher: string, origin: string): Promise<Asked> {
  const hello = {
    jsonrpc: '2.0',
    id: 1,
    method: 'host.hello',
    params: { protocol: PROTOCOL, client: { kind: 'extension', name: 'doctor', version: VERSION } },
  };
  const reader = new FrameReader({ maxBytes: MAX_FRAME_TO_BROWSER, maxSkipBytes: MAX_FRAME_TO_BROWSER });
  const since = performance.now();
  let first: Framed | null = null;
  let raw = Buffer.alloc(0);
  const end = await runProcess(launcher, [origin], {
    deadlineMs: DEADLINE_MS,
    maxOutputBytes: 2 * MAX_FRAME_TO_BROWSER,
    input: encodeFrame(hello, MAX_FRAME_TO_BROWSER),
    onOutput: (chunk) => {
      if (raw.length < MAX_SHOWN) raw = Buffer.concat([raw, chunk.subarray(0, MAX_SHOWN)]);
      first ??= reader.push(chunk)[0] ?? null;
      return first === null ? undefined : false;
    },
  });
  return judge(first, raw, end.stderr.trim(), end.how, Math.round(performance.now() - since));
}

/** What the first thing that came says. */
export function judge(first: Framed | null, raw: Uint8Array, stderr: string, how: string, ms: number): Asked {
  if (first?.kind === 'error') {
    return {
      kind: 'failed',
      says: `${first.message} It began with ${JSON.stringify(Buffer.from(raw).toString('utf8').slice(0, 60))}.`,
      next: 'Something writes to stdout before the host does: look at the launcher and at what the shell prints at its start.',
    };
  }
  const message = first?.kind === 'message' ? parseRpc(first.value) : null;
  if (message?.kind === 'result')
    return { kind: 'answered', protocol: Number((message.result as { protocol?: unknown } | null)?.protocol), ms };
  if (message?.kind === 'failure')
    return { kind: 'failed', says: message.error.message, next: message.error.data.next ?? 'Update the older of extension and host.' };
  const text = raw.length > 0 ? ` It wrote ${JSON.stringify(Buffer.from(raw).toString('utf8').slice(0, 60))}.` : '';
  const why =
    how === 'missing'
      ? 'it cannot be started.'
      : how === 'deadline'
        ? `nothing came within ${DEADLINE_MS / 1000} s.`
        : 'it ended without an answer.';
  return {
    kind: 'failed',
    says: `${why}${text}${stderr === '' ? '' : ` ${stderr.slice(0, MAX_SHOWN)}`}`,
    next: 'Run "headgate agent" to see what the agent says.',
  };
}
