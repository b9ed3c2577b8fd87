// Cold starts: from the start of a process to its first framed answer. The relay in front of a running agent, the agent
// itself with store and grants, and beside them, in the same rounds, a bare Node that answers one frame.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFrame, FrameReader } from '../../native-host/port/framing.ts';
import { connectTerminal } from '../../native-host/cli/terminal.ts';
import { BUNDLES } from '../../native-host/checkout/places.ts';
import { EXTENSION_ID, originOf } from '../../native-host/install/manifest.ts';
import { AGENT_ENVIRONMENT, AGENT_FLAGS } from '../../native-host/port/start-agent.ts';
import { RELAY_ENVIRONMENT, RELAY_FLAGS } from '../../native-host/install/launcher.ts';
import { reachAgent } from '../../native-host/port/reach-agent.ts';
import { PROTOCOL } from '../../shared/protocol/version.ts';
import { type Figures, figuresOf, round } from './statistics.ts';

const NODE = process.execPath;
const HELLO = {
  jsonrpc: '2.0',
  id: 1,
  method: 'host.hello',
  params: { protocol: PROTOCOL, client: { kind: 'extension', name: 'bench', version: '0' } },
};
const STATUS = { jsonrpc: '2.0', id: 2, method: 'host.status', params: {} };
const MAX_BYTES = 1024 * 1024;
const DEADLINE_MS = 15_000;

/** The floor: what any Node host must pay. */
const BARE = `let parts=[];process.stdin.on('data',c=>{parts.push(c);const b=Buffer.concat(parts);if(b.length<4)return;const n=b.readUInt32LE(0);if(b.length<4+n)return;const m=JSON.parse(b.subarray(4,4+n));const j=Buffer.from(JSON.stringify({jsonrpc:'2.0',id:m.id,result:{}}));const h=Buffer.alloc(4);h.writeUInt32LE(j.length);process.stdout.write(Buffer.concat([h,j]));});`;

export interface ColdStarts {
  bareNodeMs: Figures;
  relayMs: Figures;
  agentMs: Figures;
  relayRatio: number;
  agentRatio: number;
}

export async function measureColdStarts(rounds: number): Promise<ColdStarts> {
  const home = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
  const times = { bare: [] as number[], relay: [] as number[], agent: [] as number[] };
  try {
    const terminal = await connectTerminal({ home });
    for (let round = -2; round < rounds; round++) {
      const bare = await timeBare();
      const relay = await timeRelay(home);
      const agent = await timeAgent();
      if (round < 0) continue;
      times.bare.push(bare);
      times.relay.push(relay);
      times.agent.push(agent);
    }
    await terminal.call('host.stop', {});
    await terminal.closed;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  const bareNodeMs = figuresOf(times.bare);
  const relayMs = figuresOf(times.relay);
  const agentMs = figuresOf(times.agent);
  return { bareNodeMs, relayMs, agentMs, relayRatio: round(relayMs.p50 / bareNodeMs.p50), agentRatio: round(agentMs.p50 / bareNodeMs.p50) };
}

async function timeBare(): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(NODE, ['-e', BARE], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.write(encodeFrame(STATUS, MAX_BYTES));
  await answerTo(child, 2);
  const ms = performance.now() - startedAt;
  await end(child);
  return ms;
}

async function timeRelay(home: string): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(NODE, [...RELAY_FLAGS, BUNDLES.relay, originOf(EXTENSION_ID)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...RELAY_ENVIRONMENT, HEADGATE_HOME: home },
  });
  child.stdin.write(Buffer.concat([encodeFrame(HELLO, MAX_BYTES), encodeFrame(STATUS, MAX_BYTES)]));
  await answerTo(child, 2);
  const ms = performance.now() - startedAt;
  await end(child);
  return ms;
}

/** A state folder of its own with one grant, made before; the agent opens store and grants and answers over its socket. */
async function timeAgent(): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), 'headgate-bench-agent-'));
  const granted = mkdtempSync(join(tmpdir(), 'headgate-bench-grant-'));
  try {
    const first = await connectTerminal({ home });
    await first.call('grants.add', { folder: granted, rights: ['read'], label: 'ask' });
    await first.call('host.stop', {});
    await first.closed;
    await new Promise((resolve) => setTimeout(resolve, 30));
    const startedAt = performance.now();
    const child = spawn(NODE, [...AGENT_FLAGS, BUNDLES.host, 'agent', '--ready-fd=3'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...AGENT_ENVIRONMENT, HEADGATE_HOME: home },
    });
    await new Promise<void>((resolve) => child.stdio[3]?.once('data', () => resolve()));
    const socket = await reachAgent({ home, from: 'terminal', start: false });
    socket.write(Buffer.concat([encodeFrame(HELLO, MAX_BYTES), encodeFrame(STATUS, MAX_BYTES)]));
    await frameWithId(socket, 2);
    const ms = performance.now() - startedAt;
    socket.destroy();
    await end(child);
    return ms;
  } finally {
    rmSync(home, { recursive: true, force: true });
    rmSync(granted, { recursive: true, force: true });
  }
}

function answerTo(child: ChildProcess, id: number): Promise<void> {
  if (child.stdout === null) throw new Error('the child has no stdout');
  return frameWithId(child.stdout, id);
}

function frameWithId(stream: NodeJS.ReadableStream, id: number): Promise<void> {
  const reader = new FrameReader({ maxBytes: MAX_BYTES });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer within the deadline')), DEADLINE_MS);
    stream.on('data', (chunk: Buffer) => {
      for (const framed of reader.push(chunk)) {
        if (framed.kind !== 'message' || (framed.value as { id?: number }).id !== id) continue;
        clearTimeout(timer);
        resolve();
      }
    });
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
