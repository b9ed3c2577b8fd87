// The cloud as a child of a start: started with a pipe on stdin, so that it ends when the starter does, however that ends.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endProcess, ending, waitUntilGone } from './children.ts';
import { BUNDLES, ROOT } from './places.ts';
import { EXTENSION_ID } from '../install/manifest.ts';
import { CLOUD_ENVIRONMENT } from '../install/program-files.ts';

const READY_DEADLINE_MS = 90_000;
const STOP_MS = 8_000;
const KEPT_LINES = 20;
const MAX_LINE = 300;

export interface Cloud {
  pid: number;
  url: string;
  /** One-time code for pairing this device. */
  code: string | null;
  /** Resolves with how it ended, if it ends by itself. */
  ended: Promise<string>;
  /** Ends it; gives whether it is gone. */
  stop(): Promise<boolean>;
}

export interface CloudOptions {
  data: string;
  /** 0: any free one. */
  port: number;
  /** Gets what the cloud has to say to a person, such as that the port is taken. */
  say(line: string): void;
}

/** Starts the cloud and waits until it answers. Throws with its last words when it does not. */
export async function startCloud({ data, port, say }: CloudOptions): Promise<Cloud> {
  const child = spawn(process.execPath, [BUNDLES.cloud, '--with-parent', '--code'], {
    cwd: ROOT,
    // A session of its own: Ctrl-C reaches the starter, which stops things in order.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...CLOUD_ENVIRONMENT,
      ...process.env,
      HEADGATE_CLOUD_PORT: String(port),
      HEADGATE_CLOUD_DATA: data,
      HEADGATE_EXTENSION_ORIGINS: `chrome-extension://${EXTENSION_ID}`,
    },
  });
  const ended = ending(child);
  const lastLines: string[] = [];
  child.stdin.on('error', () => {});
  const forPeople: string[] = [];
  let isReady = false;
  createInterface({ input: child.stderr }).on('line', (long) => {
    const line = long.slice(0, MAX_LINE);
    lastLines.push(line);
    if (lastLines.length > KEPT_LINES) lastLines.shift();
    if (line.startsWith('{')) return;
    if (isReady) say(line);
    else forPeople.push(line);
  });
  const ready = new Promise<ReadyLine>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const parsed = parseReadyLine(line);
      if (parsed !== null) resolve(parsed);
    });
  });
  const failed = ended.then((how) => Promise.reject(new Error(`The cloud did not start (${how}):\n${lastLines.join('\n')}`)));
  const late = new Promise<never>((_, reject) => {
    setTimeout(
      () => reject(new Error(`The cloud was not ready within ${READY_DEADLINE_MS / 1000} s:\n${lastLines.join('\n')}`)),
      READY_DEADLINE_MS,
    ).unref();
  });
  const pid = child.pid ?? 0;
  try {
    const { url, code } = await Promise.race([ready, failed, late]);
    failed.catch(() => {});
    late.catch(() => {});
    isReady = true;
    for (const line of forPeople) say(line);
    return {
      pid,
      url,
      code: code ?? null,
      ended,
      async stop() {
        child.stdin.end();
        return (await waitUntilGone(pid, STOP_MS)) || endProcess(pid, STOP_MS);
      },
    };
  } catch (error) {
    late.catch(() => {});
    if (pid > 0) await endProcess(pid, 1_000);
    throw error;
  }
}

interface ReadyLine {
  url: string;
  code?: string;
}

function parseReadyLine(line: string): ReadyLine | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    const { ready, url, code } = value as Record<string, unknown>;
    if (ready !== true || typeof url !== 'string') return null;
    return typeof code === 'string' ? { url, code } : { url };
  } catch {
    return null;
  }
}
