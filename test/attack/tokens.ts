// Tokens, proofs and codes as weapons against the real cloud, over HTTP and WebSocket: forged, expired, of another kind or
// another cloud, replayed, and used by many at once. Each is refused by its code, and the log keeps nothing of it.
import { decodeJwt } from 'jose';
import { setTimeout } from 'node:timers/promises';
import { catalogueDigest } from '../../shared/ops/catalogue.ts';
import { JWT_TYPES } from '../../shared/protocol/agent.ts';
import { PROTOCOL } from '../../shared/protocol/version.ts';
import { assertion, deviceToken, dial, type Enrolled, makeKeys, post, seconds, signJws } from '../cloud/support/device-program.ts';
import { startTestCloud, type TestCloud } from '../cloud/support/test-cloud.ts';
import { type Attack, collectFailures, type Member } from './member.ts';
import { agentDoor, assertionDoor, bearer, type Door, helloWithProof, refreshDoor, streamDoor } from './tokens/doors.ts';
import { forge, type Good } from './tokens/forgeries.ts';

export const member: Member = {
  name: 'tokens',
  says: 'forged, foreign, expired and replayed tokens, proofs and codes are refused, and the log keeps nothing of them',
  async run(attack) {
    const failures = collectFailures();
    const scene = await setScene(attack, failures.add);
    try {
      await forgeries(scene);
      await misused(scene);
      await readingOnly(scene);
      await expired(scene);
      await proofs(scene);
      await replays(scene);
      await racing(scene);
      await revoked(scene);
      lookAtLog(scene);
    } finally {
      await scene.cloud.stop();
      await scene.other.stop();
    }
    return { figures: { ...scene.figures, 'log lines looked through': scene.cloud.logged.length }, failures: failures.list };
  },
};

interface Scene extends Attack {
  cloud: TestCloud;
  /** A second cloud with people and devices of its own. */
  other: TestCloud;
  clock: { ahead: number; now(): number };
  enrolled: Enrolled;
  /** Everything secret that was sent: none of it may be in the log. */
  secrets: Set<string>;
  figures: Record<string, number>;
  fail(what: string): void;
  /** Counts a try and notes its secret. */
  tried(kind: string, secret?: string): void;
}

const REFUSALS = new Set(['unauthenticated', 'invalid_params', 'not sent', 'closed with 4400', 'closed with 4401']);
const CROWD = 8;

async function setScene(attack: Attack, fail: Scene['fail']): Promise<Scene> {
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead };
  const cloud = await startTestCloud({}, { now: clock.now });
  const other = await startTestCloud();
  const figures: Record<string, number> = {};
  const secrets = new Set<string>();
  return {
    ...attack,
    cloud,
    other,
    clock,
    enrolled: await cloud.enrol(),
    secrets,
    figures,
    fail,
    tried(kind, secret) {
      figures[kind] = (figures[kind] ?? 0) + 1;
      if (secret !== undefined && secret.length > 20) secrets.add(secret);
    },
  };
}

/** A device that joins now, whatever the clock says. */
async function joined({ cloud, clock }: Scene): Promise<Enrolled> {
  clock.ahead += 61_000;
  const keys = await makeKeys();
  const { code } = await cloud.makeOwnerCode();
  const proof = await signJws(keys.sign, { typ: JWT_TYPES.proof }, { code, iat: seconds(clock.now()) });
  const { body } = await post(`${cloud.url}/v1/devices`, {
    code,
    name: 'device',
    machine: 'm',
    signKey: keys.signKey,
    sealKey: keys.sealKey,
    proof,
  });
  const { device, person, ...tokens } = body as Enrolled & Enrolled['tokens'];
  return { device, person, tokens, keys };
}

function assertNow({ cloud, clock }: Scene, enrolled: Pick<Enrolled, 'device' | 'keys'>, change: object = {}): Promise<string> {
  return assertion(cloud.url, enrolled, { iat: seconds(clock.now()), exp: seconds(clock.now()) + 60, ...change });
}

async function tokenNow(scene: Scene, enrolled: Enrolled): Promise<string> {
  const client_assertion = await assertNow(scene, enrolled);
  const { body } = await post(`${scene.cloud.url}/v1/token`, { grant_type: 'client_credentials', client_assertion });
  return (body as { token: string }).token;
}

/** Every forgery of every kind of token at the doors that take that kind. */
async function forgeries(scene: Scene): Promise<void> {
  const { cloud, clock, enrolled, random, fail, tried } = scene;
  const { keys } = (await (await fetch(`${cloud.url}/.well-known/jwks.json`)).json()) as { keys: Good['publicKey'][] };
  const [cloudKey] = keys;
  if (cloudKey === undefined) throw new Error('the cloud shows no key');
  const { access, reading = '' } = enrolled.tokens;
  const token = await tokenNow(scene, enrolled);
  const kinds: { kind: string; good: Good; doors: Record<string, Door> }[] = [
    {
      kind: 'access',
      good: { token: access, publicKey: cloudKey },
      doors: {
        'GET /v1/devices': bearer(cloud.url, '/v1/devices'),
        'POST /v1/codes': bearer(cloud.url, '/v1/codes', 'POST'),
        'WSS /v1/stream': streamDoor(cloud.url),
      },
    },
    {
      kind: 'reading',
      good: { token: reading, publicKey: cloudKey },
      doors: { 'GET /v1/devices': bearer(cloud.url, '/v1/devices'), 'WSS /v1/stream': streamDoor(cloud.url) },
    },
    { kind: 'device', good: { token, publicKey: cloudKey }, doors: { 'WSS /v1/agent': agentDoor(cloud.url, enrolled, clock.now) } },
    {
      kind: 'assertion',
      good: { token: await assertNow(scene, enrolled), publicKey: enrolled.keys.signKey },
      doors: { 'POST /v1/token': assertionDoor(cloud.url) },
    },
  ];
  for (const { kind, good, doors } of kinds) {
    for (const forgery of forge(good, random)) {
      for (const [name, door] of Object.entries(doors)) {
        tried('forged tokens', forgery.token);
        const answer = await door(forgery.token);
        if (!REFUSALS.has(answer)) fail(`${name} with a forged ${kind} token, ${forgery.name}: ${answer}`);
      }
    }
    // The good one is taken, or all of this would show nothing.
    for (const [name, door] of Object.entries(doors))
      if ((await door(good.token)) !== 'taken') fail(`${name} does not take a good ${kind} token`);
  }
}

/** What the extension holds, at every door where something is changed or asked for, as the cloud itself lists them. */
async function readingOnly({ cloud, enrolled, figures, fail, tried }: Scene): Promise<void> {
  const { paths } = (await (await fetch(`${cloud.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { security?: unknown[] }>>;
  };
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { security }] of Object.entries(methods)) {
      if (security === undefined || method === 'get') continue;
      tried('changes with a token for reading', enrolled.tokens.reading);
      const answer = await bearer(
        cloud.url,
        path.replace('{device}', enrolled.device),
        method.toUpperCase(),
      )(enrolled.tokens.reading ?? '');
      if (answer !== 'forbidden') fail(`${method} ${path} with a token for reading: ${answer}`);
    }
  if ((figures['changes with a token for reading'] ?? 0) < 3) fail('the cloud lists no door where something is changed');
}

/** Signed with the right key, but of another kind, for another cloud, or with claims that do not fit. */
async function misused(scene: Scene): Promise<void> {
  const { cloud, other, clock, enrolled, fail, tried } = scene;
  const stranger = await other.enrol();
  const token = await tokenNow(scene, enrolled);
  const proof = await signJws(enrolled.keys.sign, { typ: JWT_TYPES.proof }, { nonce: 'n', iat: seconds(clock.now()) });
  const own = {
    assertion: await assertNow(scene, enrolled),
    device: token,
    access: enrolled.tokens.access,
    proof,
    refresh: enrolled.tokens.refresh,
  };
  const foreign = {
    access: stranger.tokens.access,
    device: await deviceToken(other.url, stranger),
    assertion: await assertion(other.url, stranger),
    refresh: stranger.tokens.refresh,
  };
  const doors: Record<string, { takes: string; door: Door }> = {
    'GET /v1/devices': { takes: 'access', door: bearer(cloud.url, '/v1/devices') },
    'WSS /v1/stream': { takes: 'access', door: streamDoor(cloud.url) },
    'WSS /v1/agent': { takes: 'device', door: agentDoor(cloud.url, enrolled, clock.now) },
    'POST /v1/token, assertion': { takes: 'assertion', door: assertionDoor(cloud.url) },
    'POST /v1/token, refresh': { takes: 'refresh', door: refreshDoor(cloud.url) },
  };
  for (const [name, { takes, door }] of Object.entries(doors)) {
    const wrong = [
      ...Object.entries(own).filter(([kind]) => kind !== takes),
      ...Object.entries(foreign).map(([kind, value]) => [`${kind} of another cloud`, value] as const),
    ];
    for (const [kind, value] of wrong) {
      tried('tokens of another kind or cloud', value);
      const answer = await door(value);
      if (!REFUSALS.has(answer)) fail(`${name} with ${kind}: ${answer}`);
    }
  }
  const now = seconds(clock.now());
  const claims: Record<string, object> = {
    'for another cloud': { aud: other.url },
    'for the token endpoint': { aud: `${cloud.url}/v1/token` },
    'for this cloud and another': { aud: [cloud.url, other.url] },
    'for nobody': { aud: undefined },
    'by another device': { iss: stranger.device },
    'for another device': { sub: stranger.device },
    'by nobody': { iss: undefined, sub: undefined },
    'without an end': { exp: undefined },
    'with an end in words': { exp: 'tomorrow' },
    'with an end far away': { exp: now + 86_400 },
    'without an id': { jti: undefined },
    'with a short id': { jti: 'x' },
    'with an id that is a number': { jti: 12_345_678 },
    'that begins later': { nbf: now + 600 },
    'issued later': { iat: now + 600, exp: now + 660 },
    'with a subject that is SQL': { sub: "d_' OR 1=1 --" },
  };
  for (const [name, change] of Object.entries(claims)) {
    const value = await assertNow(scene, enrolled, change);
    tried('assertions with claims that do not fit', value);
    const answer = await assertionDoor(cloud.url)(value);
    if (!REFUSALS.has(answer)) fail(`an assertion ${name}: ${answer}`);
  }
}

async function expired(scene: Scene): Promise<void> {
  const { cloud, clock, fail, tried } = scene;
  const enrolled = await joined(scene);
  const token = await tokenNow(scene, enrolled);
  const old = await assertNow(scene, enrolled);
  clock.ahead += 11 * 60_000;
  const doors: [string, Door, string][] = [
    ['GET /v1/devices', bearer(cloud.url, '/v1/devices'), enrolled.tokens.access],
    ['WSS /v1/stream', streamDoor(cloud.url), enrolled.tokens.access],
    ['WSS /v1/agent', agentDoor(cloud.url, enrolled, clock.now), token],
    ['POST /v1/token', assertionDoor(cloud.url), old],
  ];
  for (const [name, door, value] of doors) {
    tried('expired tokens', value);
    const answer = await door(value);
    if (answer !== 'token_expired') fail(`${name} with an expired token: ${answer}`);
  }
}

/** The device's signature over the socket's nonce: another nonce, time, type or signer is refused. */
async function proofs(scene: Scene): Promise<void> {
  const { cloud, clock, fail, tried } = scene;
  const [enrolled, neighbour] = [await joined(scene), await joined(scene)];
  const at = (ahead = 0) => seconds(clock.now() + ahead);
  let captured = '';
  const sign = (by: Enrolled, payload: object, typ: string = JWT_TYPES.proof) => signJws(by.keys.sign, { typ }, payload as never);
  const cases: Record<string, (nonce: string) => Promise<string> | string> = {
    'for another challenge': () => sign(enrolled, { nonce: 'x'.repeat(32), iat: at() }),
    'for no challenge': () => sign(enrolled, { iat: at() }),
    'for a list of challenges': (nonce) => sign(enrolled, { nonce: [nonce], iat: at() }),
    'of ten minutes ago': (nonce) => sign(enrolled, { nonce, iat: at(-600_000) }),
    'of ten minutes ahead': (nonce) => sign(enrolled, { nonce, iat: at(600_000) }),
    'without a time': (nonce) => sign(enrolled, { nonce }),
    'of the type of an assertion': (nonce) => sign(enrolled, { nonce, iat: at() }, JWT_TYPES.assertion),
    'of the type of a ledger head': (nonce) => sign(enrolled, { nonce, iat: at() }, JWT_TYPES.ledgerHead),
    'by another device': (nonce) => sign(neighbour, { nonce, iat: at() }),
    'that is the token itself': async () => tokenNow(scene, enrolled),
    'that is nothing': () => '',
  };
  for (const [name, proofFor] of Object.entries(cases)) {
    const answer = await helloWithProof(cloud.url, await tokenNow(scene, enrolled), async (nonce) => {
      const proof = await proofFor(nonce);
      tried('proofs that do not fit', proof);
      return proof;
    });
    if (!REFUSALS.has(answer) && answer !== 'token_expired') fail(`a hello with a proof ${name}: ${answer}`);
  }
  const good = await helloWithProof(
    cloud.url,
    await tokenNow(scene, enrolled),
    async (nonce) => (captured = await sign(enrolled, { nonce, iat: at() })),
  );
  if (good !== 'taken') fail(`a good hello is not taken: ${good}`);
  tried('proofs that do not fit', captured);
  const again = await helloWithProof(cloud.url, await tokenNow(scene, enrolled), () => captured);
  if (!REFUSALS.has(again)) fail(`a proof that was captured is good for a second socket: ${again}`);
  const swapped = await helloWithProof(cloud.url, await tokenNow(scene, neighbour), (nonce) => sign(enrolled, { nonce, iat: at() }));
  if (!REFUSALS.has(swapped)) fail(`the token of one device and the proof of another are taken: ${swapped}`);
}

/** What is good once is refused the second time, and a refresh token that comes again ends its whole family. */
async function replays(scene: Scene): Promise<void> {
  const { cloud, clock, fail, tried } = scene;
  const enrolled = await joined(scene);
  const once = await assertNow(scene, enrolled);
  const door = assertionDoor(cloud.url);
  if ((await door(once)) !== 'taken') fail('a good assertion is not taken');
  tried('replays', once);
  if ((await door(once)) !== 'unauthenticated') fail('an assertion is good twice');

  const { code } = await cloud.makeOwnerCode();
  await post(`${cloud.url}/v1/sign-in`, { code });
  tried('replays', code);
  for (const path of ['/v1/sign-in', '/v1/devices']) {
    const keys = await makeKeys();
    const proof = await signJws(keys.sign, { typ: JWT_TYPES.proof }, { code, iat: seconds(clock.now()) });
    const { body } = await post(`${cloud.url}${path}`, {
      code,
      name: 'd',
      machine: 'm',
      signKey: keys.signKey,
      sealKey: keys.sealKey,
      proof,
    });
    const refusal = (body as { error?: { code: string } }).error?.code;
    if (refusal !== 'code_invalid') fail(`${path} with a code that was used: ${refusal}`);
  }

  const first = enrolled.tokens.refresh;
  const second = await refreshed(cloud.url, first);
  const third = await refreshed(cloud.url, second.refresh);
  tried('replays', first);
  if ((await refreshDoor(cloud.url)(first)) !== 'revoked') fail('a refresh token that was used before is not noticed');
  for (const [name, answer] of [
    ['the newest refresh token', await refreshDoor(cloud.url)(third.refresh)],
    ['an access token of the family', await bearer(cloud.url, '/v1/devices')(third.access)],
    ['a stream with an access token of the family', await streamDoor(cloud.url)(third.access)],
  ] as const)
    if (answer !== 'revoked' && answer !== 'unauthenticated') fail(`after a replayed refresh token ${name} is still good: ${answer}`);
}

async function refreshed(url: string, refresh_token: string): Promise<Enrolled['tokens']> {
  return (await post(`${url}/v1/token`, { grant_type: 'refresh_token', refresh_token })).body as Enrolled['tokens'];
}

/** Many at once with the same: one gets it. */
async function racing(scene: Scene): Promise<void> {
  const { cloud, clock, full, fail, tried } = scene;
  for (let round = 0; round < (full ? 20 : 2); round += 1) {
    const enrolled = await joined(scene);
    const once = await assertNow(scene, enrolled);
    const tokens = await crowd(() => assertionDoor(cloud.url)(once));
    tried('races', once);
    if (tokens.filter((answer) => answer === 'taken').length !== 1) fail(`${CROWD} with one assertion: ${tokens.join(', ')}`);

    const { code } = await cloud.makeOwnerCode();
    const enrolments = await crowd(async () => {
      const keys = await makeKeys();
      const proof = await signJws(keys.sign, { typ: JWT_TYPES.proof }, { code, iat: seconds(clock.now()) });
      return (await post(`${cloud.url}/v1/devices`, { code, name: 'd', machine: 'm', signKey: keys.signKey, sealKey: keys.sealKey, proof }))
        .status;
    });
    tried('races', code);
    if (enrolments.filter((status) => status === 200).length !== 1) fail(`${CROWD} with one code: ${enrolments.join(', ')}`);

    const refreshes = await crowd(() => refreshed(cloud.url, enrolled.tokens.refresh));
    tried('races', enrolled.tokens.refresh);
    const got = refreshes.flatMap(({ refresh }) => (refresh === undefined ? [] : [refresh]));
    const live = [];
    for (const refresh of got) if ((await refreshDoor(cloud.url)(refresh)) === 'taken') live.push(refresh);
    if (got.length > 2 || live.length > 1) fail(`${CROWD} with one refresh token: ${got.length} got one, ${live.length} can go on with it`);
  }
}

function crowd<Result>(act: () => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: CROWD }, act));
}

/** A device that is revoked is off within a second, and nothing of it is good any more. */
async function revoked(scene: Scene): Promise<void> {
  const { cloud, clock, fail, tried } = scene;
  const [enrolled, lost] = [await joined(scene), await joined(scene)];
  const token = await tokenNow(scene, lost);
  const program = await helloOf(scene, lost);
  await fetch(`${cloud.url}/v1/devices/${lost.device}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${enrolled.tokens.access}` },
  });
  const closed = await Promise.race([program.closed, setTimeout(1_000, null)]);
  if (closed?.code !== 4403) fail(`a revoked device’s socket: ${closed === null ? 'open after a second' : closed.code}`);
  program.socket.terminate();
  for (const [name, door, value] of [
    ['its token', agentDoor(cloud.url, lost, clock.now), token],
    ['a new assertion', assertionDoor(cloud.url), await assertNow(scene, lost)],
    ['its person’s refresh token', refreshDoor(cloud.url), lost.tokens.refresh],
    ['its person’s access token', bearer(cloud.url, '/v1/devices'), lost.tokens.access],
  ] as const) {
    tried('tokens of a revoked device', value);
    const answer = await door(value);
    if (answer !== 'revoked' && answer !== 'unauthenticated') fail(`after revocation ${name}: ${answer}`);
  }
}

/** As `connect` of the device program, by the cloud's clock. */
async function helloOf(scene: Scene, enrolled: Enrolled) {
  const program = dial(scene.cloud.url);
  const { nonce } = await program.next('agent.challenge');
  const proof = await signJws(enrolled.keys.sign, { typ: JWT_TYPES.proof }, { nonce, iat: seconds(scene.clock.now()) });
  const token = await tokenNow(scene, enrolled);
  await program.ask('agent.hello', { protocol: PROTOCOL, token, proof, catalogue: catalogueDigest(), runs: [] });
  return program;
}

/** Nothing that was sent stands in the log: no token, no part of one that could be used, no code. */
function lookAtLog({ cloud, secrets, fail }: Scene): void {
  // The owner's code is said to the person on purpose, in a line of its own that is no log line.
  const log = cloud.logged.filter((line) => line.startsWith('{')).join('\n');
  for (const secret of secrets) {
    const pieces = [secret, secret.split('.').at(-1) ?? ''].filter((piece) => piece.length > 20);
    const found = pieces.find((piece) => log.includes(piece));
    if (found !== undefined) fail(`the log keeps ${found.slice(0, 12)}…`);
  }
  const claims = [...secrets].flatMap((secret) => safeClaims(secret));
  for (const nonce of new Set(claims)) if (log.includes(nonce)) fail(`the log keeps a nonce or an id of a token: ${nonce}`);
}

function safeClaims(token: string): string[] {
  try {
    const { nonce, jti } = decodeJwt(token);
    return [nonce, jti].filter((value): value is string => typeof value === 'string' && value.length > 20);
  } catch {
    return [];
  }
}
