// The worker's end of the screens' ports: pushes snapshots, answers asks, and hands the result of a run to the screen that
// started it, with the snapshot in which the run is over. Results pass through; nothing of them is kept.
//
// What changes is drawn some twenty times a second: a snapshot waits that long for the next one, unless it has a result with
// it. Most short runs are over by then, and a screen that does not draw their beginning is free to draw their end.
import browser, { type Runtime } from 'webextension-polyfill';
import { HeadgateError, toErrorData } from '../../shared/errors.ts';
import type { RunId } from '../../shared/ids.ts';
import { NATIVE_METHODS, type RunResult } from '../../shared/protocol/native.ts';
import {
  PASSED_METHODS,
  type PassedMethod,
  SCREEN_PORT,
  type ScreenAnswer,
  type ScreenAsk,
  type ScreenMethod,
  type ScreenParams,
  type ScreenRun,
  type Snapshot,
  type WorkerMessage,
} from '../screen-protocol.ts';

type OwnMethod = Exclude<ScreenMethod, PassedMethod>;

export interface ScreenDoors {
  snapshot(): Snapshot;
  /** Calls the host; `params` are parsed. */
  pass(method: PassedMethod, params: unknown): Promise<unknown>;
  own: { [Name in OwnMethod]: (params: ScreenParams<Name>) => Promise<ScreenAnswer<Name>> };
  askResult(run: RunId): Promise<RunResult>;
  /** A screen was opened, or the last one was closed. */
  onScreens(open: number): void;
}

export interface ScreenPorts {
  push(snapshot: Snapshot): void;
  /** A run's result from the host, which comes right before the run's end. */
  give(run: RunId, result: RunResult): void;
  count(): number;
  /** Whether a screen is open that shows the questions that wait. */
  showQuestions(): boolean;
}

/** The popup, and the panel, also in a tab. */
const QUESTION_SCREENS = ['/popup.html', '/sidepanel.html'];
const FRAME_MS = 50;

export function serveScreens(doors: ScreenDoors): ScreenPorts {
  const ports = new Set<Runtime.Port>();
  const watched = new Map<RunId, Runtime.Port>();
  let given: { port: Runtime.Port; run: RunId; result: RunResult }[] = [];
  let frame: ReturnType<typeof setTimeout> | null = null;

  browser.runtime.onConnect.addListener((port) => {
    if (port.name !== SCREEN_PORT || !isOwnScreen(port)) return;
    ports.add(port);
    port.onMessage.addListener((message: unknown) => {
      if (isAsk(message)) void answer(port, message);
    });
    port.onDisconnect.addListener(() => {
      ports.delete(port);
      for (const [run, watcher] of watched) if (watcher === port) watched.delete(run);
      doors.onScreens(ports.size);
    });
    post(port, { kind: 'snapshot', snapshot: doors.snapshot(), results: [] });
    doors.onScreens(ports.size);
  });

  async function answer(port: Runtime.Port, { id, method, params }: ScreenAsk): Promise<void> {
    try {
      const result = await call(method, params);
      post(port, { kind: 'answer', id, result });
      if (method === 'runs.start') {
        watched.set((result as ScreenAnswer<'runs.start'>).run, port);
        deliverAll(takeFinished(doors.snapshot().runs));
      }
    } catch (error) {
      post(port, { kind: 'failure', id, error: toErrorData(error) });
    }
  }

  function call(method: ScreenMethod, params: unknown): Promise<unknown> {
    if (!isPassed(method)) {
      // The screen's types name the params; both ends are built together.
      return doors.own[method](params as never);
    }
    const parsed = NATIVE_METHODS[method].params.safeParse(params);
    if (!parsed.success) throw new HeadgateError('invalid_params', `These are no params of ${method}.`);
    return doors.pass(method, method === 'runs.start' ? { ...parsed.data, follow: true } : parsed.data);
  }

  /** Runs that a screen waits for and that are over now. */
  function takeFinished(runs: readonly ScreenRun[]): { run: RunId; port: Runtime.Port }[] {
    if (watched.size === 0) return [];
    return runs.flatMap(({ run, status }) => {
      const port = watched.get(run);
      if (port === undefined || status === 'running' || status === 'waiting') return [];
      watched.delete(run);
      return status === 'succeeded' ? [{ run, port }] : [];
    });
  }

  /** A result that cannot be had stays with the host; the screen can ask for it again by opening the run. */
  async function deliver({ run, port }: { run: RunId; port: Runtime.Port }): Promise<void> {
    const result = await doors.askResult(run).catch(() => null);
    if (result !== null) given.push({ port, run, result });
  }

  function deliverAll(finished: readonly { run: RunId; port: Runtime.Port }[]): void {
    if (finished.length > 0) void Promise.all(finished.map(deliver)).then(draw);
  }

  /** Tells every screen how things are now. */
  function draw(): void {
    if (frame !== null) clearTimeout(frame);
    frame = null;
    const results = given;
    given = [];
    if (ports.size === 0) return;
    const snapshot = doors.snapshot();
    for (const port of ports)
      post(port, {
        kind: 'snapshot',
        snapshot,
        results: results.filter((each) => each.port === port).map(({ run, result }) => ({ run, result })),
      });
  }

  function post(port: Runtime.Port, message: WorkerMessage): void {
    if (ports.has(port)) port.postMessage(message);
  }

  return {
    push(snapshot) {
      const finished = takeFinished(snapshot.runs);
      // The result comes with the end of its run, so that both are drawn at once.
      if (finished.length > 0) deliverAll(finished);
      else if (given.length > 0) draw();
      else frame ??= setTimeout(draw, FRAME_MS);
    },
    give(run, result) {
      const port = watched.get(run);
      if (port === undefined) return;
      watched.delete(run);
      given.push({ port, run, result });
      frame ??= setTimeout(draw, FRAME_MS);
    },
    count: () => ports.size,
    showQuestions: () => [...ports].some(({ sender }) => QUESTION_SCREENS.includes(new URL(sender?.url ?? 'about:blank').pathname)),
  };
}

/** Pages of this extension only: a content script would have the page's address. */
function isOwnScreen(port: Runtime.Port): boolean {
  return port.sender?.id === browser.runtime.id && (port.sender.url ?? '').startsWith(browser.runtime.getURL('/'));
}

function isAsk(message: unknown): message is ScreenAsk {
  return (
    typeof message === 'object' &&
    message !== null &&
    'kind' in message &&
    message.kind === 'ask' &&
    'id' in message &&
    typeof message.id === 'number' &&
    'method' in message &&
    isMethod(message.method)
  );
}

const OWN_METHODS: readonly OwnMethod[] = ['page.save', 'download.signedIn', 'host.connect', 'problem.dismiss'];

function isMethod(name: unknown): name is ScreenMethod {
  return ([...PASSED_METHODS, ...OWN_METHODS] as unknown[]).includes(name);
}

function isPassed(method: ScreenMethod): method is PassedMethod {
  return (PASSED_METHODS as readonly string[]).includes(method);
}
