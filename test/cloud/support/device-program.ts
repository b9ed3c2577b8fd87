// A small device program: it speaks the real protocol over a real WebSocket with real keys, and does what a test tells it to.
import * as jose from 'jose';
import WebSocket from 'ws';
import type * as z from 'zod';
import { fromErrorData, HeadgateError } from '../../../shared/errors.ts';
import type { DeviceId, PersonId, RunId, StepId } from '../../../shared/ids.ts';
import { catalogueDigest } from '../../../shared/ops/catalogue.ts';
import { AGENT_METHODS, type AgentMethod, type CLOUD_NOTIFICATIONS, JWT_TYPES } from '../../../shared/protocol/agent.ts';
import { EnrolDevice, GetToken, type PersonTokens } from '../../../shared/protocol/api.ts';
import { type ParamsIn, parseRpc, type ResultOf } from '../../../shared/protocol/rpc.ts';
import { PROTOCOL } from '../../../shared/protocol/version.ts';
import type { Report } from '../../../shared/run/events.ts';

export interface Keys {
  sign: jose.CryptoKey;
  signKey: { kty: string; crv: string; x: string };
  sealKey: { kty: string; crv: string; x: string };
}

export async function makeKeys(): Promise<Keys> {
  const sign = await jose.generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const seal = await jose.generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true });
  const publicHalf = async (key: jose.CryptoKey) => {
    const { kty = '', crv = '', x = '' } = await jose.exportJWK(key);
    return { kty, crv, x };
  };
  return { sign: sign.privateKey, signKey: await publicHalf(sign.publicKey), sealKey: await publicHalf(seal.publicKey) };
}

export async function signJws(key: jose.CryptoKey, header: { typ: string; alg?: string }, payload: jose.JWTPayload): Promise<string> {
  return new jose.SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', ...header }).sign(key);
}

export const seconds = (ms: number = Date.now()): number => Math.floor(ms / 1000);

export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

export interface Enrolled {
  device: DeviceId;
  person: PersonId;
  tokens: PersonTokens;
  keys: Keys;
}

export async function enrolDevice(url: string, code: string, keys?: Keys): Promise<Enrolled> {
  const own = keys ?? (await makeKeys());
  const proof = await signJws(own.sign, { typ: JWT_TYPES.proof }, { code, iat: seconds() });
  const answer = await post(`${url}/v1/devices`, {
    code,
    name: 'test device',
    machine: 'test machine',
    signKey: own.signKey,
    sealKey: own.sealKey,
    proof,
  });
  const { device, person, ...tokens } = EnrolDevice.result.parse(answer.body);
  return { device, person, tokens, keys: own };
}

export async function assertion(url: string, enrolled: Pick<Enrolled, 'device' | 'keys'>, change: jose.JWTPayload = {}): Promise<string> {
  const { device, keys } = enrolled;
  return signJws(
    keys.sign,
    { typ: JWT_TYPES.assertion },
    { iss: device, sub: device, aud: url, jti: crypto.randomUUID(), iat: seconds(), exp: seconds() + 60, ...change },
  );
}

export async function deviceToken(url: string, enrolled: Enrolled): Promise<string> {
  const answer = await post(`${url}/v1/token`, { grant_type: 'client_credentials', client_assertion: await assertion(url, enrolled) });
  const result = GetToken.result.parse(answer.body);
  if (!('token' in result)) throw new Error('expected a device token');
  return result.token;
}

type Notification = {
  [Name in keyof typeof CLOUD_NOTIFICATIONS]: { method: Name; params: z.infer<(typeof CLOUD_NOTIFICATIONS)[Name]> };
}[keyof typeof CLOUD_NOTIFICATIONS];

export interface DeviceProgram {
  socket: WebSocket;
  heard: Notification[];
  ask<Name extends AgentMethod>(method: Name, params: ParamsIn<typeof AGENT_METHODS, Name>): Promise<ResultOf<typeof AGENT_METHODS, Name>>;
  /** The next notification that fits, also one that came before. Each is given once. */
  next<Name extends Notification['method']>(
    method: Name,
    fits?: (params: Extract<Notification, { method: Name }>['params']) => boolean,
  ): Promise<Extract<Notification, { method: Name }>['params']>;
  report(run: RunId, step: StepId, attempt: number, report: Report): Promise<unknown>;
  closed: Promise<{ code: number; reason: string }>;
  close(): Promise<void>;
}

/** Dials without saying hello. */
export function dial(url: string, headers: Record<string, string> = {}): DeviceProgram {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/agent`, { headers });
  const heard: Notification[] = [];
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const listeners = new Set<() => void>();
  let nextId = 1;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      for (const { reject } of waiting.values()) reject(new HeadgateError('cloud_away', `closed with ${code}`));
      waiting.clear();
      resolve({ code, reason: String(reason) });
    });
  });
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    const message = parseRpc(JSON.parse(String(data)));
    if (message?.kind === 'notification') {
      heard.push({ method: message.method, params: message.params } as Notification);
      for (const listener of [...listeners]) listener();
    } else if (message?.kind === 'result') {
      waiting.get(Number(message.id))?.resolve(message.result);
    } else if (message?.kind === 'failure') {
      waiting.get(Number(message.id))?.reject(fromErrorData({ code: message.error.data.code, message: message.error.message }));
    }
  });
  const program: DeviceProgram = {
    socket,
    heard,
    closed,
    ask: (method, params) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, { resolve: (value) => resolve(AGENT_METHODS[method].result.parse(value) as never), reject });
        socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      }),
    next: (method, fits = () => true) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          listeners.delete(look);
          reject(new Error(`no ${method} came; heard: ${heard.map((one) => one.method).join(', ')}`));
        }, 15_000);
        const look = () => {
          const at = heard.findIndex((one) => one.method === method && fits(one.params as never));
          if (at < 0) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(heard.splice(at, 1)[0]?.params as never);
        };
        listeners.add(look);
        look();
      }),
    report: (run, step, attempt, report) => program.ask('task.report', { run, step, attempt, report }),
    close: async () => {
      socket.close();
      await closed;
    },
  };
  return program;
}

export async function connect(
  url: string,
  enrolled: Enrolled,
  runs: ParamsIn<typeof AGENT_METHODS, 'agent.hello'>['runs'] = [],
): Promise<DeviceProgram> {
  const program = dial(url);
  const { nonce } = await program.next('agent.challenge');
  const proof = await signJws(enrolled.keys.sign, { typ: JWT_TYPES.proof }, { nonce, iat: seconds() });
  await program.ask('agent.hello', {
    protocol: PROTOCOL,
    token: await deviceToken(url, enrolled),
    proof,
    catalogue: catalogueDigest(),
    runs,
  });
  return program;
}
