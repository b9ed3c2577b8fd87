// The real cloud as a process of the test: started on a free port with its own data, killed without warning, and started
// again on the same data and port. Everything that it says is kept.
import { type ChildProcess, spawn } from 'node:child_process';
import { EXTENSION_ID } from '../../../native-host/install/manifest.ts';
import { BUNDLES } from '../../../native-host/checkout/places.ts';
import { endProcess, isPortOpen } from './processes.ts';
import { until, within } from './until.ts';

const READY_DEADLINE_MS = 90_000;
const STOP_MS = 10_000;

export interface CloudProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly data: string;
  /** A one-time code, from the last start. */
  readonly code: string;
  /** All that it wrote to stdout and stderr, over all its starts. */
  said(): string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function createCloud(data: string, env: Readonly<Record<string, string>>): Promise<CloudProcess> {
  let child: ChildProcess | null = null;
  let facts = { url: '', code: '' };
  let port = 0;
  let said = '';

  async function start(): Promise<void> {
    const started = spawn(process.execPath, [BUNDLES.cloud, '--with-parent', '--code'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...env,
        HEADGATE_CLOUD_PORT: String(port),
        HEADGATE_CLOUD_DATA: data,
        HEADGATE_EXTENSION_ORIGINS: `chrome-extension://${EXTENSION_ID}`,
      },
    });
    child = started;
    started.stdin.on('error', () => undefined);
    let lines = '';
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (stream === started.stdout) lines += text;
      });
    }
    const ended = new Promise<never>((_, reject) =>
      started.once('exit', (code) => reject(new Error(`The cloud ended with ${code}:\n${said.slice(-2000)}`))),
    );
    ended.catch(() => undefined);
    const ready = until('the cloud to be ready', () => readyLine(lines), READY_DEADLINE_MS);
    facts = await Promise.race([ready, ended]);
    port = Number(new URL(facts.url).port);
  }

  async function end(how: (running: ChildProcess) => void): Promise<void> {
    const running = child;
    child = null;
    if (running === null || running.pid === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    how(running);
    await within(STOP_MS, 'the cloud to end', gone).catch(() => endProcess(running.pid as number, 1_000));
    await until('the port of the cloud to be free', async () => !(await isPortOpen(port)));
  }

  await start();
  return {
    get url() {
      return facts.url;
    },
    get port() {
      return port;
    },
    get pid() {
      return child?.pid ?? 0;
    },
    get code() {
      return facts.code;
    },
    data,
    said: () => said,
    kill: () => end((running) => running.kill('SIGKILL')),
    start,
    stop: () => end((running) => running.stdin?.end()),
  };
}

function readyLine(lines: string): { url: string; code: string } | null {
  for (const line of lines.split('\n').slice(0, -1)) {
    const { ready, url, code } = JSON.parse(line) as { ready?: boolean; url: string; code: string };
    if (ready === true) return { url, code };
  }
  return null;
}
