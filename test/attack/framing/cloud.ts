// The cloud's two WebSockets before anybody has said who it is: whatever comes first is answered by a close with its code,
// or by an error and a close; and afterwards a real device is served as ever.
import WebSocket from 'ws';
import { CLOSE } from '../../../shared/protocol/agent.ts';
import { connect } from '../../cloud/support/device-program.ts';
import { startTestCloud } from '../../cloud/support/test-cloud.ts';
import { within } from '../../support/world/until.ts';
import type { Attack } from '../member.ts';

type First = string | Buffer;

export async function attackCloudSockets({ random, full }: Attack, fail: (what: string) => void) {
  const cloud = await startTestCloud();
  let tried = 0;
  try {
    const enrolled = await cloud.enrol();
    for (const door of ['/v1/agent', '/v1/stream']) {
      for (const [name, { first, closes }] of Object.entries(firstMessages(random.bytes(50)))) {
        if (first === SILENCE && !full) continue;
        tried += 1;
        const { code, heard } = await sendFirst(cloud.url + door, first);
        if (!closes.includes(code)) fail(`${door}, ${name}: closed with ${code}, not ${closes.join(' or ')}`);
        if (heard.some((text) => text.includes('"result"'))) fail(`${door}, ${name}: it was answered`);
      }
      const strangers: Record<string, string>[] = [{ origin: 'https://evil.example' }, { origin: 'null' }, { host: 'evil.example' }];
      for (const headers of strangers) {
        tried += 1;
        const { code } = await sendFirst(cloud.url + door, '{}', headers);
        if (code !== NOT_OPENED) fail(`${door} was opened for ${JSON.stringify(headers)}`);
      }
    }
    const program = await connect(cloud.url, enrolled);
    await program.close();
    const unkept = cloud.logged.find((line) => /polluted|SECRET-IN-A-MESSAGE/.test(line));
    if (unkept !== undefined) fail(`the cloud’s log keeps what a stranger sent: ${unkept}`);
  } finally {
    await cloud.stop();
  }
  return { 'first messages to the cloud': tried };
}

const NOT_OPENED = -1;
const SILENCE = Buffer.alloc(0);

function firstMessages(bytes: Buffer): Record<string, { first: First; closes: readonly number[] }> {
  const bad = [CLOSE.badMessage];
  const refused = [CLOSE.unauthenticated];
  const rpc = (method: string, params: unknown = {}) => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  return {
    'bytes that are no text': { first: bytes, closes: bad },
    'no JSON': { first: 'hello SECRET-IN-A-MESSAGE', closes: bad },
    'an empty message': { first: '', closes: bad },
    'JSON that is no message': { first: '{"hello":true}', closes: bad },
    'a list of messages': { first: `[${rpc('agent.heartbeat')}]`, closes: bad },
    '10⁵ levels': { first: '['.repeat(100_000), closes: bad },
    '5·10⁴ levels that are closed': { first: '['.repeat(50_000) + ']'.repeat(50_000), closes: bad },
    'longer than a first message may be': { first: rpc('agent.hello', { token: 'x'.repeat(300_000) }), closes: bad },
    'longer than any message may be': { first: 'x'.repeat(9_000_000), closes: [1009, 1006] },
    'a prototype': { first: '{"__proto__":{"polluted":true},"jsonrpc":"2.0","id":1,"method":"infer"}', closes: refused },
    'another method': { first: rpc('infer', { question: 'SECRET-IN-A-MESSAGE' }), closes: refused },
    'a method of every object': { first: rpc('constructor'), closes: refused },
    'a hello that is none': { first: rpc('agent.hello', { token: 'a.b.c' }), closes: refused },
    'a renewal': { first: rpc('stream.renew', { token: 'a.b.c' }), closes: refused },
    silence: { first: SILENCE, closes: [CLOSE.helloTimeout] },
  };
}

function sendFirst(url: string, first: First, headers: Record<string, string> = {}): Promise<{ code: number; heard: string[] }> {
  const heard: string[] = [];
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  const ended = new Promise<number>((resolve) => {
    socket.once('close', resolve);
    socket.once('unexpected-response', () => resolve(NOT_OPENED));
    socket.on('error', () => undefined);
  });
  socket.on('message', (data) => heard.push(String(data)));
  socket.once('open', () => first !== SILENCE && socket.send(first));
  return within(12_000, 'the cloud to close', ended)
    .catch(() => 0)
    .then((code) => {
      socket.terminate();
      return { code, heard };
    });
}
