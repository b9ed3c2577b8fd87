// A cloud that wants in: a real server on a loopback port that speaks the cloud's side of the protocol. It can drive runs
// honestly, with the engine that the real one uses, and it sends whatever an attack wants. Every byte that reaches it is
// kept.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { type WebSocket, WebSocketServer } from 'ws';
import { makeId, type RequestId, type RunId, type StepId } from '../../../shared/ids.ts';
import type { RequestReport } from '../../../shared/protocol/agent.ts';
import { answerText, type TextQuestion } from '../../../shared/ops/text.ts';
import { TEXT_OPS, type TextOp } from '../../../shared/ops/catalogue.ts';
import { UNKNOWN_WORLD } from '../../../shared/placement.ts';
import { acceptReport, decide } from '../../../shared/run/decide.ts';
import { numberEvents, type Report, type RunEvent } from '../../../shared/run/events.ts';
import { fold, type RunState } from '../../../shared/run/fold.ts';
import type { RunSpec } from '../../../shared/run/plan.ts';

export interface Inference {
  run: RunId;
  step: StepId;
  receipt: string;
  question: TextQuestion;
}

export interface Driven {
  state: RunState;
  /** The log beyond the first line, which the device wrote. */
  events: RunEvent[];
  /** Driven honestly; an attack on its log makes it a victim, which nobody drives. */
  honest: boolean;
}

export interface HostileCloud {
  url: string;
  device: string;
  /** All that came, in order: requests with their heads and bodies, and messages. */
  received: Buffer[];
  infers: Inference[];
  runs: Map<RunId, Driven>;
  /** The last that the device said of a request for a run. */
  requests: Map<RequestId, RequestReport>;
  /** Steps that the device was told to do honestly, and those of them that it refused. */
  assigned: number;
  refusals: string[];
  /** Answers `infer`; `null` answers honestly. */
  answer: ((question: Inference) => unknown) | null;
  /** Answers the next call of the token endpoint in the place of a token. */
  nextToken: { status: number; headers?: Record<string, string>; body?: string } | null;
  /** Calls to a path that only a followed redirect leads to. */
  lured: number;
  send(message: unknown): void;
  sendRaw(data: string | Buffer): void;
  notify(method: string, params: unknown): void;
  disconnect(): void;
  close(): Promise<void>;
}

const MODEL = 'cloud-model';
const LONGEST_PAUSE_MS = 60_000;
const IN_AN_HOUR = () => Date.now() + 3_600_000;

export async function openHostileCloud(): Promise<HostileCloud> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      cloud.received.push(Buffer.from(`${request.method} ${request.url}\n${request.rawHeaders.join('\n')}\n`), body);
      if (request.url?.startsWith('/lure')) cloud.lured += 1;
      const refused = request.url === '/v1/token' ? cloud.nextToken : null;
      cloud.nextToken = refused === null ? cloud.nextToken : null;
      const answer = refused?.body ?? JSON.stringify(request.url === '/v1/devices' ? enrolled(cloud.device) : tokens(body));
      response
        .writeHead(refused?.status ?? 200, { 'content-type': 'application/json', connection: 'close', ...refused?.headers })
        .end(answer);
    });
  });
  const sockets = new WebSocketServer({ server, path: '/v1/agent', maxPayload: 64 * 1024 * 1024 });
  let last: WebSocket | null = null;
  const cloud: HostileCloud = {
    url: '',
    device: makeId('d', randomBytes),
    received: [],
    infers: [],
    runs: new Map(),
    requests: new Map(),
    assigned: 0,
    refusals: [],
    answer: null,
    nextToken: null,
    lured: 0,
    sendRaw: (data) => last?.send(data, () => undefined),
    send: (message) => cloud.sendRaw(JSON.stringify(message)),
    notify: (method, params) => cloud.send({ jsonrpc: '2.0', method, params }),
    disconnect: () => last?.terminate(),
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  sockets.on('connection', (socket) => {
    last = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      cloud.received.push(data);
      const { id, method, params } = JSON.parse(data.toString()) as { id: number; method: string; params: Record<string, unknown> };
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: resultOf(cloud, method, params) }), () => undefined);
      if (method === 'agent.hello') resume(cloud, params.runs as { run: RunId; seq: number }[]);
      if (method === 'run.replicate') adopted(cloud, (params.events as RunEvent[])[0]?.run);
      if (method === 'run.submit') submitted(cloud, params.spec as RunSpec);
      if (method === 'request.report') cloud.requests.set(params.request as RequestId, params.report as RequestReport);
      if (method === 'task.report') reported(cloud, params as unknown as Told);
    });
    socket.send(
      JSON.stringify({
        jsonrpc: '2.0',
        method: 'agent.challenge',
        params: { nonce: randomBytes(12).toString('base64url'), issuer: cloud.url },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cloud.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return cloud;
}

interface Told {
  run: RunId;
  step: StepId;
  attempt: number;
  report: Report;
}

function resultOf(cloud: HostileCloud, method: string, params: Record<string, unknown>): unknown {
  if (method === 'run.replicate') {
    const last = (params.events as RunEvent[]).at(-1);
    return { seq: last?.seq ?? 0, epoch: last?.epoch ?? 0 };
  }
  if (method === 'agent.hello') return { protocol: 1, device: cloud.device, expiresAt: IN_AN_HOUR(), models: [MODEL] };
  if (method === 'agent.renew') return { expiresAt: IN_AN_HOUR() };
  if (method === 'agent.heartbeat') return { at: Date.now() };
  if (method !== 'infer') return {};
  const inference = params as unknown as Inference & { op: TextOp };
  cloud.infers.push(inference);
  return { answer: cloud.answer?.(inference) ?? answerText(inference.op, inference.question), model: MODEL, ms: 1 };
}

function submitted(cloud: HostileCloud, spec: RunSpec): void {
  const [created] = numberEvents(spec.id, { seq: 0, epoch: 1 }, spec.createdAt, [{ type: 'run.created', spec }]);
  if (created === undefined || cloud.runs.has(spec.id)) return;
  const driven: Driven = { state: fold(null, created), events: [], honest: true };
  cloud.runs.set(spec.id, driven);
  advance(cloud, spec.id, driven);
}

/** After a cut line: what the device has not seen of its runs, and the tasks that it may not have got. */
function resume(cloud: HostileCloud, runs: readonly { run: RunId; seq: number }[]): void {
  for (const { run, seq } of runs) {
    const driven = cloud.runs.get(run);
    if (driven?.honest !== true) continue;
    cloud.notify('run.events', { run, events: driven.events.filter((event) => event.seq > seq) });
    for (const step of driven.state.steps)
      if (step.status === 'dispatched' || step.status === 'started' || step.status === 'waiting')
        cloud.notify('task.assign', { run, step: step.id, attempt: step.attempt, where: step.where ?? 'home' });
  }
}

/** The device goes on with it by itself. */
function adopted(cloud: HostileCloud, run: RunId | undefined): void {
  const driven = run === undefined ? undefined : cloud.runs.get(run);
  if (driven !== undefined) driven.honest = false;
}

function reported(cloud: HostileCloud, { run, step, attempt, report }: Told): void {
  const driven = cloud.runs.get(run);
  if (driven === undefined || !driven.honest) return;
  const event = acceptReport(driven.state, step, report, attempt);
  if (event === null) return;
  if (report.type === 'refused')
    cloud.refusals.push(`${driven.state.spec.recipe} ${run} ${step}: ${report.code} ${report.reasons.join('; ')}`);
  append(cloud, run, driven, [event]);
  advance(cloud, run, driven);
}

/** As the real orchestrator does it; but whatever may be inferred in the cloud is. */
function advance(cloud: HostileCloud, run: RunId, driven: Driven): void {
  const world = { ...UNKNOWN_WORLD, cloud: { ...UNKNOWN_WORLD.cloud, connected: true, models: [MODEL], bytesPerMs: 1e6, roundTripMs: 0 } };
  for (let round = 0; round < 1_000; round += 1) {
    const { events, wakeAt } = decide(driven.state, Date.now(), world);
    if (events.length === 0) return wakeLater(cloud, run, driven, wakeAt);
    append(
      cloud,
      run,
      driven,
      events.map((event) =>
        event.type === 'step.placed' && isForCloud(driven.state, event.step) ? { ...event, where: 'cloud' as const } : event,
      ),
    );
  }
}

/** A step that failed for the moment is tried again after a pause. */
function wakeLater(cloud: HostileCloud, run: RunId, driven: Driven, at: number | null): void {
  if (at === null || at - Date.now() > LONGEST_PAUSE_MS) return;
  setTimeout(
    () => {
      if (driven.honest) advance(cloud, run, driven);
    },
    Math.max(5, at - Date.now()),
  ).unref();
}

function isForCloud({ spec }: RunState, step: StepId): boolean {
  const planned = spec.steps.find(({ id }) => id === step.split('.')[0]);
  return (TEXT_OPS as readonly string[]).includes(planned?.op ?? '') && spec.grants.every(({ label }) => label !== 'home');
}

function append(cloud: HostileCloud, run: RunId, driven: Driven, events: Parameters<typeof numberEvents>[3]): void {
  const numbered = numberEvents(run, driven.state, Date.now(), events);
  for (const event of numbered) driven.state = fold(driven.state, event);
  driven.events.push(...numbered);
  cloud.notify('run.events', { run, events: numbered });
  for (const event of numbered) {
    if (event.type !== 'step.dispatched') continue;
    cloud.assigned += 1;
    const where = driven.state.steps.find(({ id }) => id === event.step)?.where ?? 'home';
    cloud.notify('task.assign', { run, step: event.step, attempt: event.attempt, where });
  }
}

function enrolled(device: string): unknown {
  return {
    device,
    person: makeId('p', randomBytes),
    access: 'access',
    reading: 'reading',
    accessExpiresAt: IN_AN_HOUR(),
    refresh: 'refresh',
  };
}

function tokens(body: Buffer): unknown {
  return body.includes('refresh_token')
    ? { access: 'access', reading: 'reading', accessExpiresAt: IN_AN_HOUR(), refresh: 'refresh' }
    : { token: 'device-token', expiresAt: IN_AN_HOUR() };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
