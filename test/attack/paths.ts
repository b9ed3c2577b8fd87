// Paths that lead out: links of every kind as a name, as a folder on the way and further down, devices, pipes and sockets,
// mounts, second names; fixed layouts and random ones; every op and every tool that takes a path. A tree of canaries
// outside is compared after each call, times of last access included. And the other way round: what is plain and inside
// must be done, or the refusals would prove nothing.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDesk } from '../native-host/mcp/servers.ts';
import { type Granted, grantFolder } from '../native-host/support/granted.ts';
import { type Attack, collectFailures, type Member } from './member.ts';
import { attackLater } from './paths/later.ts';
import { plantHardLink, plantPlain, plantThing, POSITIONS, THINGS } from './paths/layouts.ts';
import { buildOutside, CANARY, noticesReads, type Outside } from './paths/outside.ts';
import { judge, plantRandom, randomPath, type Verdict } from './paths/random-layout.ts';
import { callOp, callTools, type Ended, OP_VERBS } from './paths/verbs.ts';
import { withEnvironment } from './with-environment.ts';

type Fail = (what: string) => void;

export const member: Member = {
  name: 'paths',
  says: 'no link, device, mount or second name leads out of a grant, and what is plain and inside is done',
  async run(attack) {
    const failures = collectFailures();
    const fail = failures.add;
    const layouts = await withDesktop(() => attackLayouts(attack, fail));
    const random = await withDesktop(() => attackRandom(attack, fail));
    const hardLinks = await withDesktop(() => attackHardLinks(fail));
    const later = await attackLater(fail);
    const mounts = attackMounts(fail);
    return {
      figures: { ...layouts, ...random, 'calls on second names': hardLinks, 'undone through a link': later, ...mounts },
      failures: failures.list,
    };
  },
};

const LAYOUTS_SHORT = 26;
/** Longer than any op may take on something that nobody writes to. */
const HANG_MS = 10_000;

/** Each thing at each position, tried by everything that takes a path. */
async function attackLayouts(attack: Attack, fail: Fail) {
  const all = THINGS.flatMap((thing) =>
    POSITIONS.flatMap((position) => [null, ...(thing.below ?? [])].map((below) => ({ thing, position, below }))),
  );
  const chosen = attack.full ? all : attack.random.shuffle(all).slice(0, LAYOUTS_SHORT);
  let [calls, unmade, reads] = [0, 0, 0];
  for (const [index, { thing, position, below }] of chosen.entries()) {
    using granted = grantFolder({ rights: ['read', 'write', 'trash'] });
    plantPlain(granted);
    const outside = buildOutside(granted.base);
    if (noticesReads(outside)) reads += 1;
    const at = join(granted.folder, position);
    if (!(await plantThing(thing, { granted, outside: outside.folder, at }))) {
      unmade += 1;
      continue;
    }
    const path = below === null ? position : `${position}/${below}`;
    const title = `${thing.name} as ${position}, path ${path}`;
    const before = identityOf(at);
    const verbs = attack.full ? OP_VERBS : attack.random.shuffle(OP_VERBS).slice(0, 12);
    for (const verb of verbs) {
      calls += 1;
      const rescue = thing.name === 'pipe' ? rescueFrom(at) : () => undefined;
      const ended = await callOp(granted, verb, path, `n${calls}`);
      rescue();
      expectRefused(ended, title, outside, fail);
    }
    if (identityOf(at) !== before) fail(`${title}: the ${thing.name} is not what it was`);
    calls += await lookAround(granted, outside, title, fail);
    if (attack.full ? index % 3 === 0 : index % 9 === 0) calls += await attackOverMcp(attack, thing, position, below, fail);
  }
  return {
    layouts: chosen.length,
    'calls on layouts': calls,
    'things this system cannot make': unmade,
    'layouts in which a read would show': reads,
  };
}

function expectRefused({ verb, code, message, said }: Ended, title: string, outside: Outside, fail: Fail): void {
  if (code === 'done') fail(`${verb} of ${title} was done`);
  if (code === 'unexpected') fail(`${verb} of ${title} broke: ${message}`);
  if (`${said}${message}`.includes(CANARY)) fail(`${verb} of ${title} gave what is outside`);
  for (const touched of outside.touched()) fail(`${verb} of ${title}: ${touched}`);
}

/** Lists and searches over the whole grant are done, and pass over what leads out. */
async function lookAround(granted: Granted, outside: Outside, title: string, fail: Fail): Promise<number> {
  const { performOp } = await import('../native-host/support/perform-op.ts');
  const grants = [granted.grant.id];
  const looks = [
    ['fs.list', { grant: granted.grant.id, documents: false }],
    ['fs.find', { query: 'secret', grants }],
    ['fs.search', { query: 'CANARY', grants }],
  ] as const;
  for (const [op, args] of looks) {
    const { outputs } = await performOp(op, args, granted.context);
    const said = outputs.map(({ handle }) => JSON.stringify(granted.context.handles.get(handle))).join('\n');
    if (said.includes(CANARY) || said.includes('secret.txt')) fail(`${op} over ${title} shows what is outside`);
    if (op === 'fs.list' && !said.includes('inner.md')) fail(`${op} over ${title} does not show what is inside`);
    for (const touched of outside.touched()) fail(`${op} over ${title}: ${touched}`);
  }
  return looks.length;
}

/** The same layout before the MCP server as it is built. */
async function attackOverMcp(
  _attack: Attack,
  thing: (typeof THINGS)[number],
  position: string,
  below: string | null,
  fail: Fail,
): Promise<number> {
  await using desk = openDesk();
  using granted = grantedAs(desk);
  plantPlain(granted);
  const outside = buildOutside(desk.base);
  const at = join(desk.folder, position);
  await plantThing(thing, { granted, outside: outside.folder, at });
  const served = await desk.serve();
  const path = below === null ? position : `${position}/${below}`;
  const rescue = thing.name === 'pipe' ? rescueFrom(at) : () => undefined;
  const ended = await callTools(served, desk.folder, path, 'new');
  rescue();
  for (const each of ended) {
    // Several files in one call: those that are refused say so in their place.
    const refusedInside = each.verb === 'MCP read_multiple_files' && /^(?:[^\n]*: Error - [^\n]*\n?(?:\n---\n)?)+$/.test(each.said);
    expectRefused(
      { ...each, code: refusedInside ? 'refused' : each.code, message: '' },
      `${thing.name} as ${position}, path ${path}`,
      outside,
      fail,
    );
  }
  return ended.length;
}

/** A desk as the layouts know a grant: only the folders count. */
function grantedAs({ base, home, folder, write }: Pick<Granted, 'base' | 'home' | 'folder' | 'write'>): Granted {
  const granted = grantFolder();
  return { ...granted, base, home, folder, write, [Symbol.dispose]: () => granted[Symbol.dispose]() };
}

/** Random trees and paths: the judge says what must come of each call. */
async function attackRandom({ full, random, say }: Attack, fail: Fail) {
  let [calls, done, refused] = [0, 0, 0];
  const trees = full ? 400 : 12;
  for (let tree = 0; tree < trees; tree += 1) {
    using granted = grantFolder({ rights: ['read', 'write', 'trash'] });
    granted.write('plain.md', 'plain');
    const outside = buildOutside(granted.base);
    plantRandom(granted, outside.folder, random);
    for (let turn = 0; turn < 40; turn += 1) {
      const path = randomPath(granted.folder, random);
      // Looking for the way there touched what is outside.
      outside.touched();
      const verb = random.pick(OP_VERBS);
      const verdict = judge(granted.folder, path);
      calls += 1;
      const ended = await callOp(granted, verb, path, `n${calls}`);
      const title = `${JSON.stringify(path)} (${verdict.is}) in random tree ${tree}`;
      if (mayBeDone(verb, verdict)) {
        if (mustBeDone(verb, verdict) && ended.code !== 'done') fail(`${verb} of ${title} was refused: ${ended.code} ${ended.message}`);
        if (verb === 'read' && verdict.is === 'file' && !ended.said.includes(JSON.stringify(verdict.content).slice(1, -1)))
          fail(`${verb} of ${title} gave something else`);
        if (ended.code === 'done') done += 1;
      } else {
        refused += 1;
        if (ended.code === 'done') fail(`${verb} of ${title} was done`);
      }
      if (ended.code === 'unexpected') fail(`${verb} of ${title} broke: ${ended.message}`);
      if (ended.said.includes(CANARY)) fail(`${verb} of ${title} gave what is outside`);
      for (const touched of outside.touched()) fail(`${verb} of ${title}: ${touched}`);
    }
    if (tree % 100 === 99) say(`${tree + 1} random trees`);
  }
  return {
    'random trees': trees,
    'calls in random trees': calls,
    'of them plain and done': done,
    'of them refused as they must be': refused,
  };
}

const INTO = new Set(['create in', 'mkdir in', 'mkdir with parents in', 'copy into', 'move into', 'list']);
const ONTO = new Set(['copy onto', 'move onto']);

function mayBeDone(verb: string, { is }: Verdict): boolean {
  if (INTO.has(verb)) return is === 'folder' || (verb === 'mkdir with parents in' && (is === 'free' || is === 'missing'));
  if (ONTO.has(verb)) return is === 'free';
  return is === 'file' || (is === 'folder' && (verb === 'move from' || verb === 'trash'));
}

/** Without what may have been moved away meanwhile, and what a handle of another version refuses. */
function mustBeDone(verb: string, { is }: Verdict): boolean {
  return (verb === 'read' && is === 'file') || (['list', 'create in', 'mkdir in'].includes(verb) && is === 'folder');
}

/** A second name of a file outside is an ordinary file; its content stays at home, and it is not written. */
async function attackHardLinks(fail: Fail): Promise<number> {
  let calls = 0;
  for (const position of POSITIONS) {
    for (const verb of ['read', 'text', 'write', 'append', 'copy from', 'copy from, by handle']) {
      using granted = grantFolder({ rights: ['read', 'write', 'trash'] });
      plantPlain(granted);
      const outside = buildOutside(granted.base);
      plantHardLink({ granted, outside: outside.folder, at: join(granted.folder, position) });
      calls += 1;
      const { code, said } = await callOp(granted, verb, position, 'copied');
      if (code === 'done' && !said.includes('"label":"home"'))
        fail(`${verb} of a second name: what it gave may leave (${said.slice(0, 200)})`);
      if (verb.startsWith('copy') && code === 'done') fail(`${verb} of a second name was done`);
      if (readFileSync(join(outside.folder, 'secret.txt'), 'utf8') !== `${CANARY}\n`)
        fail(`${verb} of a second name changed the file outside`);
    }
  }
  return calls;
}

/** What is bound over a name in the grant, on the same disk; only where this user may mount. */
function attackMounts(fail: Fail) {
  if (process.platform !== 'linux') return { 'calls on mounts': 'not on this system' };
  const script = fileURLToPath(new URL('./paths/in-mount.ts', import.meta.url));
  const { status, stdout } = spawnSync('unshare', ['-m', process.execPath, script], { encoding: 'utf8', timeout: 60_000 });
  if (status !== 0) return { 'calls on mounts': 'this user may not mount' };
  const { mounted, calls, failures } = JSON.parse(stdout) as { mounted: boolean; calls: number; failures: string[] };
  for (const failure of failures) fail(failure);
  return { 'calls on mounts': mounted ? calls : 'this user may not mount' };
}

/** A pipe that somebody opens would hang for ever: after a while it is given the other end, and the lost time tells. */
function rescueFrom(pipe: string): () => void {
  const started = performance.now();
  const child = spawn('sh', ['-c', `sleep ${HANG_MS / 1000 + 2}; exec 3<>"$0"`, pipe], { stdio: 'ignore' });
  return () => {
    child.kill('SIGKILL');
    if (performance.now() - started > HANG_MS) throw new Error(`a call hung on the pipe ${pipe}`);
  };
}

function identityOf(path: string): string {
  const stat = lstatSync(path);
  return `${stat.mode} ${stat.ino} ${stat.isSymbolicLink() ? readlinkSync(path) : stat.rdev}`;
}

/** With an opener that does nothing, and a trash of its own. */
async function withDesktop<Result>(act: () => Promise<Result>): Promise<Result> {
  using granted = grantFolder();
  const bin = join(granted.base, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'xdg-open'), '#!/bin/sh\nexit 0\n');
  chmodSync(join(bin, 'xdg-open'), 0o755);
  return await withEnvironment({ PATH: `${bin}:${process.env.PATH ?? ''}`, XDG_DATA_HOME: join(granted.base, 'share') }, act);
}
