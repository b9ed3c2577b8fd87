// The reader by itself: every split of a stream gives what the stream means, and neither a declared length nor bytes that
// come one at a time cost more memory than they are.
import { FrameReader } from '../../../native-host/port/framing.ts';
import type { Attack } from '../member.ts';
import { CAP, type Frame, framed, largeFrames, smallFrames } from './frames.ts';

export function attackReader({ random, full }: Attack, fail: (what: string) => void) {
  let splits = 0;
  const rounds = full ? 20 : 1;
  for (let round = 0; round < rounds; round += 1) {
    const frames = random.shuffle(smallFrames(random));
    const stream = Buffer.concat(frames.map(({ bytes }) => bytes));
    const meant = frames.map(({ gives }) => gives).join(' ');
    const expectMeant = (cuts: number[], how: string) => {
      splits += 1;
      const gave = read(stream, cuts);
      if (gave !== meant) fail(`${how}: ${gave} instead of ${meant}`);
    };
    for (let at = 0; at <= stream.length; at += 1) expectMeant([at], `split after byte ${at}`);
    expectMeant(
      Array.from({ length: stream.length }, (_, at) => at),
      'byte by byte',
    );
    for (let turn = 0; turn < (full ? 2_000 : 200); turn += 1)
      expectMeant(
        Array.from({ length: random.below(12) }, () => random.below(stream.length)).sort((a, b) => a - b),
        'random split',
      );
  }
  for (const frame of largeFrames(full)) {
    splits += 1;
    const followed = Buffer.concat([frame.bytes, framed('1')]);
    const meant = frame.gives === 'fatal' ? 'fatal' : `${frame.gives} message`;
    const gave = read(
      followed,
      [random.below(followed.length), random.below(followed.length)].sort((a, b) => a - b),
    );
    if (gave !== meant) fail(`${frame.name}: ${gave} instead of ${meant}`);
  }
  if (({} as { polluted?: true }).polluted) fail('a key changed every object’s prototype');
  return {
    'streams split': splits,
    'megabytes for 1 MiB that comes byte by byte': dripped(fail),
    'megabytes for a declared 16 MiB': declared(fail),
  };
}

function read(stream: Buffer, cuts: readonly number[]): string {
  const reader = new FrameReader({ maxBytes: CAP });
  const gave: Frame['gives'][] = [];
  let from = 0;
  for (const to of [...cuts, stream.length]) {
    for (const framed of reader.push(stream.subarray(from, to)))
      gave.push(framed.kind === 'message' ? 'message' : framed.fatal ? 'fatal' : framed.code);
    from = to;
  }
  return gave.join(' ');
}

/** A chunk is an object of its own, so that each byte could keep a hundred. */
function dripped(fail: (what: string) => void): number {
  const reader = new FrameReader({ maxBytes: CAP });
  const length = 1024 * 1024;
  reader.push(framed('', length));
  const before = process.memoryUsage().rss;
  for (let sent = 0; sent < length - 1; sent += 1) reader.push(new Uint8Array([0x20]));
  const grown = (process.memoryUsage().rss - before) / 1e6;
  if (reader.push(Buffer.from('1'))[0]?.kind !== 'message') fail('a frame that came byte by byte was not read');
  if (grown > 150) fail(`1 MiB that came byte by byte cost ${Math.round(grown)} MB`);
  return Math.max(0, Math.round(grown));
}

function declared(fail: (what: string) => void): number {
  const before = process.memoryUsage().rss;
  const readers = Array.from({ length: 200 }, () => {
    const reader = new FrameReader({ maxBytes: CAP });
    reader.push(framed('{"a":', CAP));
    return reader;
  });
  const grown = (process.memoryUsage().rss - before) / 1e6;
  if (grown > 50) fail(`${readers.length} frames of which only a length had come cost ${Math.round(grown)} MB`);
  return Math.max(0, Math.round(grown / readers.length));
}
