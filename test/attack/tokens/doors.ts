// Each place of the cloud that takes a token, and what it says to one: the code of its refusal, or `taken`.
import WebSocket from 'ws';
import { post, seconds, signJws, type Enrolled } from '../../cloud/support/device-program.ts';
import { catalogueDigest } from '../../../shared/ops/catalogue.ts';
import { JWT_TYPES } from '../../../shared/protocol/agent.ts';
import { PROTOCOL } from '../../../shared/protocol/version.ts';

export type Door = (token: string) => Promise<string>;

const codeIn = (status: number, body: unknown) =>
  status < 300 ? 'taken' : ((body as { error?: { code: string } }).error?.code ?? `status ${status}`);

export function bearer(url: string, path: string, method = 'GET'): Door {
  return async (token) => {
    try {
      const answer = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
      return codeIn(answer.status, await answer.json());
    } catch (thrown) {
      // Some forgeries are no header at all: the client itself refuses to send them.
      return thrown instanceof TypeError ? 'not sent' : String(thrown);
    }
  };
}

export function assertionDoor(url: string): Door {
  return async (client_assertion) => {
    const { status, body } = await post(`${url}/v1/token`, { grant_type: 'client_credentials', client_assertion });
    return codeIn(status, body);
  };
}

export function refreshDoor(url: string): Door {
  return async (refresh_token) => {
    const { status, body } = await post(`${url}/v1/token`, { grant_type: 'refresh_token', refresh_token });
    return codeIn(status, body);
  };
}

/** The first message of a watcher. Whatever is refused must close the socket as well. */
export function streamDoor(url: string): Door {
  return (token) => firstMessage(`${url.replace('http', 'ws')}/v1/stream`, 'stream.hello', () => ({ protocol: PROTOCOL, token }));
}

/** A device's hello with this token, or with this proof. */
export function agentDoor(url: string, enrolled: Enrolled, proofAt: () => number): Door {
  return (token) =>
    firstMessage(`${url.replace('http', 'ws')}/v1/agent`, 'agent.hello', async (nonce) => ({
      ...HELLO,
      token,
      proof: await signJws(enrolled.keys.sign, { typ: JWT_TYPES.proof }, { nonce, iat: seconds(proofAt()) }),
    }));
}

/** A hello that is good but for its proof, which is made over the socket's own nonce. */
export async function helloWithProof(url: string, token: string, proofFor: (nonce: string) => Promise<string> | string): Promise<string> {
  return firstMessage(`${url.replace('http', 'ws')}/v1/agent`, 'agent.hello', async (nonce) => ({
    ...HELLO,
    token,
    proof: await proofFor(nonce),
  }));
}

const HELLO = { protocol: PROTOCOL, catalogue: catalogueDigest(), runs: [] };
const ANSWER_MS = 8_000;

function firstMessage(url: string, method: string, paramsFor: (nonce: string) => object | Promise<object>): Promise<string> {
  const socket = new WebSocket(url);
  const { promise, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve('no answer'), ANSWER_MS);
  let code = '';
  const ask = async (nonce: string) => socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: await paramsFor(nonce) }));
  socket.on('error', () => undefined);
  socket.on('open', () => method === 'stream.hello' && void ask(''));
  socket.on('close', (closed) => resolve(code === '' ? `closed with ${closed}` : code));
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as {
      id?: number;
      method?: string;
      params?: { nonce?: string };
      error?: { data: { code: string } };
    };
    if (message.method === 'agent.challenge') return void ask(message.params?.nonce ?? '');
    if (message.id !== 1) return;
    code = message.error?.data.code ?? 'taken';
    // A refusal is over when the socket is closed.
    if (code === 'taken') resolve(code);
  });
  return promise.finally(() => {
    clearTimeout(timer);
    socket.terminate();
  });
}
