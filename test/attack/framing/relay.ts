// The same frames, and worse, through the real relay to the real agent: after each a good request on the same pipe, or a
// new one where the stream had to end, is answered; and the agent's memory is what it was.
import { openHome } from '../../support/world.ts';
import { memoryOf } from '../../support/world/processes.ts';
import { type Relay, startRelay } from '../../support/world/relay.ts';
import { within } from '../../support/world/until.ts';
import type { Attack } from '../member.ts';
import { type Frame, framed, largeFrames, smallFrames } from './frames.ts';
import { attackSocket } from './socket.ts';

type Fail = (what: string) => void;
type Home = Awaited<ReturnType<typeof openHome>>;

export async function attackRelay(attack: Attack, fail: Fail) {
  const home = await openHome();
  try {
    const pid = home.agent.pid();
    const open = () => startRelay(home.env, home.home);
    await useAgent(open);
    const before = memoryOf(pid);
    const tried = await attackWithFrames(attack, open, fail);
    const answered = await coalesced(attack, open, fail);
    const unread = await neverRead(home, open, fail);
    const socket = await attackSocket(attack, home.home, fail);
    await useAgent(open);
    const grown = Math.round((memoryOf(pid) - before) / 1e6);
    if (grown > MAX_GROWN_MB) fail(`the agent holds ${grown} MB more than before`);
    if (home.agent.pid() !== pid) fail('the agent is not the one that it was: it died of something');
    return {
      'frames through the relay': tried,
      'tiny frames in one go, answered': answered,
      'megabytes sent to a client that never reads': unread,
      ...socket,
      'agent’s memory grown by MB': grown,
    };
  } finally {
    await home.close();
  }
}

/** Of what was read last some may still wait for the collector. */
const MAX_GROWN_MB = 120;

async function useAgent(open: () => Promise<Relay>): Promise<void> {
  const relay = await open();
  for (let turn = 0; turn < 20; turn += 1) await relay.ask('host.status');
  await relay.close();
}

async function attackWithFrames({ full, random, say }: Attack, open: () => Promise<Relay>, fail: Fail): Promise<number> {
  const frames = random.shuffle([...smallFrames(random), ...largeFrames(full)]);
  let relay = await open();
  for (const frame of frames) {
    say(`${frame.name} (${frame.bytes.length.toLocaleString('en')} bytes)`);
    await relay.write(frame.bytes).catch(() => undefined);
    const verdict = await verdictOf(relay, frame).catch((error: unknown) => `${error}`);
    if (verdict !== null) fail(`${frame.name}: ${verdict}`);
    if (frame.gives !== 'fatal' && verdict === null) continue;
    await relay.close();
    relay = await open();
    await relay.ask('host.status');
  }
  await relay.close();
  return frames.length;
}

/** What was wrong, or `null`. */
async function verdictOf(relay: Relay, { gives }: Frame): Promise<string | null> {
  if (gives === 'message') {
    // Most are no request: then the answer says so, and names none.
    await relay.ask('host.status');
    relay.answers.length = 0;
    return null;
  }
  const seen = relay.answers.length;
  if (gives === 'fatal') {
    await within(10_000, 'the relay to end', relay.ended);
    return relay.answers.some(({ error }) => error?.data.code === 'bad_frame') ? null : 'it ended without a word';
  }
  await relay.ask('host.status');
  const codes = relay.answers.flatMap(({ id, error }) => (id === null && error !== undefined ? [error.data.code] : []));
  relay.answers.length = 0;
  return codes.includes(gives) ? null : `${codes.join(', ') || 'nothing'} after ${seen} answers instead of ${gives}`;
}

/** Ten megabytes of the smallest requests at once: each is answered, be it with "busy". */
async function coalesced({ full }: Attack, open: () => Promise<Relay>, fail: Fail): Promise<number> {
  const relay = await open();
  const one = framed('{"jsonrpc":"2.0","id":1000,"method":"host.status"}');
  const count = Math.ceil((full ? 10_000_000 : 400_000) / one.length);
  await relay.write(Buffer.concat(Array.from({ length: count }, () => one)));
  await relay.ask('host.status');
  const answered = relay.answers.filter(({ id }) => id === 1000).length;
  if (answered !== count) fail(`of ${count} tiny requests in one go ${answered} were answered`);
  await relay.close();
  return answered;
}

/** A client that asks and asks and never reads is let go before its answers fill the memory; others are served meanwhile. */
async function neverRead({ agent }: Home, open: () => Promise<Relay>, fail: Fail): Promise<number> {
  const pid = agent.pid();
  const deaf = await open();
  deaf.process.stdout?.pause();
  const before = memoryOf(pid);
  const burst = Buffer.concat(Array.from({ length: 20_000 }, () => framed('1')));
  let sent = 0;
  let most = 0;
  const gone = new Promise((resolve) => deaf.process.once('exit', resolve));
  for (let turn = 0; turn < 400; turn += 1) {
    const taken = await Promise.race([
      deaf.write(burst).then(
        () => 'taken' as const,
        () => 'gone' as const,
      ),
      gone.then(() => 'gone' as const),
      new Promise<'stuck'>((resolve) => setTimeout(() => resolve('stuck'), 3_000)),
    ]);
    if (taken !== 'taken') break;
    sent += burst.length;
    most = Math.max(most, memoryOf(pid) - before);
  }
  const other = await open();
  await other.ask('host.status');
  await other.close();
  if (most > 300e6) fail(`a client that never reads cost ${Math.round(most / 1e6)} MB`);
  deaf.process.kill('SIGKILL');
  deaf.process.stdout?.resume();
  await deaf.ended;
  return Math.round(sent / 1e6);
}
