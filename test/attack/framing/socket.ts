// The agent's socket without a relay between: those who do not know the secret, say too much, say nothing, or come in
// crowds get no word and no hold on it; and who says hello as another extension is not served.
import { readAgentFile } from '../../../native-host/port/reach-agent.ts';
import { openClient, type SocketClient } from '../../native-host/port/socket-client.ts';
import { within } from '../../support/world/until.ts';
import type { Attack } from '../member.ts';
import { framed } from './frames.ts';

export async function attackSocket({ random }: Attack, home: string, fail: (what: string) => void) {
  const where = readAgentFile(home);
  if (where === null) throw new Error('there is no agent');
  const { socket: path, secret } = where;
  const flipped = (at: number) => secret.slice(0, at) + (secret[at] === 'a' ? 'b' : 'a') + secret.slice(at + 1);
  const line = (value: unknown) => `${JSON.stringify(value)}\n`;
  const ask = framed('{"jsonrpc":"2.0","id":1,"method":"host.status"}').toString('latin1');
  const hellos: Record<string, string> = {
    'no secret': line({ from: 'relay' }),
    'an empty secret': line({ secret: '', from: 'relay' }),
    'a secret that is another at its first letter': line({ secret: flipped(0), from: 'relay' }),
    'a secret that is another at its last letter': line({ secret: flipped(63), from: 'relay' }),
    'a secret that is another somewhere': line({ secret: flipped(random.below(64)), from: 'terminal' }),
    'a longer secret': line({ secret: `${secret}0`, from: 'relay' }),
    'the secret in capitals': line({ secret: secret.toUpperCase() === secret ? flipped(5) : secret.toUpperCase(), from: 'relay' }),
    'a secret of other letters that look alike': line({ secret: secret.replace(/[a-f]/, 'а'), from: 'relay' }),
    'a list': line([secret, 'relay']),
    'another speaker': line({ secret, from: 'cloud' }),
    'one field more': line({ secret, from: 'relay', greeted: true }),
    'a prototype': `{"__proto__":{"secret":"${secret}","from":"terminal"}}\n`,
    'no JSON': 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'a hello that never ends': 'x'.repeat(100_000),
    'frames at once': ask,
  };
  for (const [name, hello] of Object.entries(hellos)) {
    const client = await openClient(path, hello + ask);
    await within(5_000, `the end of a client with ${name}`, client.closed).catch(() => fail(`a client with ${name} was kept`));
    if (client.received.length > 0) fail(`a client with ${name} got ${JSON.stringify(client.received)}`);
    client.socket.destroy();
  }
  await silent(path, fail);
  await crowd(path, { secret, from: 'terminal' }, fail);
  await foreign(path, secret, fail);
  return { 'hellos that are none': Object.keys(hellos).length };
}

async function silent(path: string, fail: (what: string) => void): Promise<void> {
  const client = await openClient(path);
  await within(6_000, 'a silent client to be let go', client.closed).catch(() => fail('a client that says nothing was kept'));
  client.socket.destroy();
}

/** A hundred that wait at the door in silence: a good one is served at once, while they stand there. */
async function crowd(path: string, hello: object, fail: (what: string) => void): Promise<void> {
  const crowd: SocketClient[] = [];
  for (let count = 0; count < 100; count += 1) crowd.push(await openClient(path));
  const client = await openClient(path, hello);
  client.send({
    jsonrpc: '2.0',
    id: 1,
    method: 'host.hello',
    params: { protocol: { min: 1, max: 1 }, client: { kind: 'terminal', name: 't', version: '0' } },
  });
  await client.message(0).catch(() => fail('beside a crowd at the door nobody was served'));
  client.socket.destroy();
  for (const { socket } of crowd) socket.destroy();
}

/** A relay that another extension's browser started: whatever it says, it is not served. */
async function foreign(path: string, secret: string, fail: (what: string) => void): Promise<void> {
  const origins = ['chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/', 'https://evil.example/', '', 'evil@example.org'];
  for (const origin of origins) {
    const client = await openClient(path, { secret, from: 'relay', origin });
    client.send({
      jsonrpc: '2.0',
      id: 1,
      method: 'host.hello',
      params: { protocol: { min: 1, max: 1 }, client: { kind: 'extension', name: 't', version: '0' } },
    });
    client.send({ jsonrpc: '2.0', id: 2, method: 'runs.list', params: {} });
    for (const at of [0, 1]) {
      const answer = await client.message(at);
      if (!('error' in answer)) fail(`a relay of origin “${origin}” was answered: ${JSON.stringify(answer)}`);
    }
    client.socket.destroy();
  }
}
