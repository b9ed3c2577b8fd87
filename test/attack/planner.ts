// The hostile planner: a fully hostile cloud, without any model, against a real agent over the real wire. While a person goes
// about ordinary tasks it plays attacks in any order: to get content or names out, to destroy, to plant, to widen what is
// allowed, to ask for runs, to confuse, to flood. And it probes through the person's own side (planner/probes.ts): hostile
// values for commands, addresses for downloads, moves to where more may leave, yeses that no longer fit. Afterwards it is
// judged by what arrived, what is on the disk, what is in the log, what ran, and what the person was asked.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeId, type RunId } from '../../shared/ids.ts';
import { MAX_FRAME_TO_BROWSER } from '../../shared/protocol/hello.ts';
import type { RunResult } from '../../shared/protocol/native.ts';
import { openHome } from '../support/world.ts';
import { type Relay, startRelay } from '../support/world/relay.ts';
import { until } from '../support/world/until.ts';
import { type Attack, collectFailures, type Member, type Outcome } from './member.ts';
import { ATTACKS, type Field } from './planner/attacks.ts';
import { type Canary, findCanaries, type Perch } from './planner/canaries.ts';
import { furnish, type House } from './planner/house.ts';
import { type HostileCloud, openHostileCloud } from './planner/hostile-cloud.ts';
import { createPerson, ordinaryTasks, type Person } from './planner/person.ts';
import { askFor, type Probe, type ProbeField, PROBES } from './planner/probes.ts';
import { openWeb, type Web } from './planner/web.ts';

const ROUNDS = { short: 2, full: 12 } as const;
/** Attacks between two breaths, so that they fall into different moments of the runs. */
const BREATH_MS = 40;
const MAX_BLOCKED_PERCENT = 1;
/** What others may start here without asking, and how often the person may be asked about more (shared/gate/requests.ts). */
const STANDING = 'device.info';
const PLANS_IN_HOUR = 10;
const AGENT = fileURLToPath(new URL('./planner/agent.ts', import.meta.url));
/** Where content may be met that a label or a yes let out: in questions to a model. */
const MAY_LEAVE: ReadonlySet<Perch> = new Set(['open', 'ask, yes']);
/** What the extension's side may never carry. */
const NEVER_SHOWN: ReadonlySet<Perch> = new Set(['outside', 'protected', 'path']);

export const member: Member = {
  name: 'planner',
  says: 'a fully hostile cloud gets nothing that no label or yes let out, changes nothing, and stops no ordinary task',
  async run(attack) {
    const failures = collectFailures();
    const world = await openHome(AGENT);
    try {
      const web = await openWeb();
      world.atClose(web.close);
      const cloud = await openHostileCloud();
      world.atClose(cloud.close);
      const house = await furnish(world.folder, world.agent, attack.random);
      const terminal = await world.agent.terminal();
      await terminal.call('pair.start', { cloud: cloud.url, code: 'AAAA-1111' }, 30_000);
      const connected = () =>
        until('the hostile cloud to be connected', async () => {
          const { cloud: link } = await (await world.agent.terminal()).call('host.status', {});
          return link.state === 'connected';
        });
      await connected();
      const relay = await startRelay(world.env, world.home);
      world.atClose(relay.close);
      const person = createPerson(relay, world.agent);
      world.atClose(person.close);
      await terminal.call('warrants.add', { recipe: STANDING, grants: [], runsPerDay: 500 });
      const runs = new Set<RunId>();
      const field: ProbeField = { house, web, cloud, relay, agent: world.agent, runs };
      const before = { grants: JSON.stringify(await terminal.call('grants.list', {})), pid: world.agent.pid() };
      const played = await play(attack, field, person, connected, failures.add);
      await person.close();

      const now = await world.agent.terminal();
      if (world.agent.pid() !== before.pid) failures.add('the agent was brought down');
      if (JSON.stringify(await now.call('grants.list', {})) !== before.grants) failures.add('a grant was changed');
      if (existsSync(join(world.folder, 'opened.txt'))) failures.add('something was opened on the desktop');
      if (cloud.lured > 0) failures.add('a redirect was followed');
      if (web.lured() > 0) failures.add('a download reached this machine');
      judgePlans(person, failures.add);
      for (const question of person.strange) failures.add(`a question that should not be: ${question}`);
      for (const { says } of (await now.call('ledger.verify', {})).problems) failures.add(`the ledger: ${says}`);
      const { receipts } = await now.call('ledger.list', { limit: 500 });
      judgeReleases(field, person, new Map(receipts.map(({ id, bytes }) => [id, bytes])), receipts.length < 500, failures.add);
      const leaked = judgeLeaks(field, readFileSync(join(world.home, 'agent.log')), failures.add);
      return { figures: { ...played, ...leaked }, failures: failures.list };
    } finally {
      await world.close();
    }
  },
};

async function play(
  { random, full, say }: Attack,
  probing: ProbeField,
  person: Person,
  connected: () => Promise<unknown>,
  fail: (failure: string) => void,
): Promise<Outcome['figures']> {
  const all = Object.entries(ATTACKS).flatMap(([aim, attacks]) => Object.entries(attacks).map(([what, act]) => ({ aim, what, act })));
  const { house, cloud, relay, web } = probing;
  const over = new Set<RunId>();
  const probes = random.shuffle(probesOf('commands', 'downloads', 'moves', 'yes'));
  const requests = random.shuffle(probesOf('requests'));
  let attacks = 0;
  let probed = 0;
  let tasks = 0;
  let wentWrong = 0;
  let questions = 0;
  let refusals = 0;
  const rounds = full ? ROUNDS.full : ROUNDS.short;
  for (let round = 0; round < rounds; round += 1) {
    const before = house.picture();
    await connected();
    // In full all probes in two rounds, else half of them, by the seed. Requests while the line is whole, the others in the middle of everything.
    const now = (all: readonly NamedProbe[]) => all.filter((_, at) => at % (full ? 2 : 4) === round % (full ? 2 : 4));
    if (round === 0) {
      const end = await askFor(probing, STANDING, {});
      tasks += 1;
      if (end !== 'started') {
        wentWrong += 1;
        say(`an honest request ended as ${end}`);
      }
    }
    for (const probe of now(requests)) await playProbe(probe, probing, fail);
    const probedNow = now(probes);
    const probingNow = (async () => {
      for (const probe of probedNow) await playProbe(probe, probing, fail);
    })();
    probed += probedNow.length + now(requests).length;
    // A run that the cloud may spoil, begun as any other.
    const victims = [await person.begin({ ...pickVictim(house, web, random.below(4)) })];
    const begun: RunId[] = [];
    const field = fieldOf(cloud, house, random, victims, over);
    const order = [...random.shuffle(all.filter(({ aim }) => aim !== 'cut')), ...random.shuffle(all.filter(({ aim }) => aim === 'cut'))];
    const ordinary = random.shuffle(ordinaryTasks(house, web));
    for (const [at, { act }] of order.entries()) {
      if (at % Math.ceil(order.length / ordinary.length) === 0) {
        const task = ordinary.shift();
        if (task !== undefined) begun.push(await person.begin(task));
      }
      act(field);
      attacks += 1;
      await new Promise((resolve) => setTimeout(resolve, random.below(BREATH_MS)));
    }
    for (const task of ordinary) begun.push(await person.begin(task));
    for (const run of begun) {
      const { status, steps } = await person.ended(run);
      const task = person.tasks.get(run);
      tasks += 1;
      const answers = person.asked.get(run) ?? 0;
      if (task?.answer === 'no') refusals += answers;
      else questions += answers;
      if (answers > 1) fail(`${task?.name} asked ${answers} times`);
      if (status !== 'succeeded' && task?.answer !== 'no') {
        wentWrong += 1;
        const spoiled = steps.filter(({ code }) => code !== undefined).map(({ step, code, message }) => `${step} ${code} ${message}`);
        say(`${task?.name} ended as ${status}: ${spoiled.join(', ')}`);
      }
      over.add(run);
    }
    await probingNow;
    for (const run of victims) {
      cloud.notify('run.unknown', { run });
      await relay.ask('runs.cancel', { run });
      await person.ended(run);
      over.add(run);
    }
    await judgePicture(before, probing, person, fail);
    await judgeRuns(probing, person, fail);
    say(`round ${round + 1} of ${rounds}`);
  }
  const refused = cloud.refusals.filter((refusal) => person.tasks.get(runIn(refusal))?.answer !== 'no');
  for (const refusal of refused) say(`refused: ${refusal}`);
  const calls = cloud.assigned + tasks;
  const share = (100 * (refused.length + wentWrong)) / calls;
  if (share > MAX_BLOCKED_PERCENT)
    fail(
      `${refused.length} of ${cloud.assigned} honest calls were refused, and ${wentWrong} of ${tasks} tasks went wrong: ${refused[0] ?? ''}`,
    );
  return {
    'attack calls': attacks + probed,
    'kinds of attacks': all.length + probes.length + requests.length,
    'ordinary tasks': tasks,
    'honest calls': calls,
    'honest calls blocked, of 100': Math.round(share * 100) / 100,
    'questions a task': Math.round((100 * questions) / tasks) / 100,
    'answers of a person who says no': refusals,
    'plans that others asked for': person.plans.length,
    'releases with a receipt': cloud.infers.length,
    'bytes that reached the cloud': cloud.received.reduce((sum, { length }) => sum + length, 0),
  };
}

type NamedProbe = readonly [what: string, play: Probe];

function probesOf(...aims: (keyof typeof PROBES)[]): NamedProbe[] {
  return aims.flatMap((aim) => Object.entries(PROBES[aim]).map(([what, play]): NamedProbe => [`${aim}: ${what}`, play]));
}

async function playProbe([what, play]: NamedProbe, field: ProbeField, fail: (failure: string) => void): Promise<void> {
  const wrong = await play(field).catch((thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)));
  if (wrong !== null) fail(`${what}: ${wrong}`);
}

/** What ran was started by the person, or by what they said others may start. */
async function judgeRuns({ agent, runs }: ProbeField, person: Person, fail: (failure: string) => void): Promise<void> {
  const { runs: all } = await (await agent.terminal()).call('runs.list', { limit: 100 });
  for (const { run, recipe } of all)
    if (!person.tasks.has(run) && !runs.has(run) && recipe !== STANDING) fail(`a run that nobody started: ${recipe}`);
}

/** The person is not asked so often that yes becomes a habit, and never in the words of whoever asks. */
function judgePlans({ plans }: Person, fail: (failure: string) => void): void {
  if (plans.length > PLANS_IN_HOUR) fail(`the person was asked about ${plans.length} plans`);
  for (const { title, plan = [] } of plans)
    if (/your folders are safe/.test([title, ...plan].join(' '))) fail(`a plan in the words of whoever asked: ${title}`);
}

function pickVictim(house: House, web: Web, which: number) {
  const task = ordinaryTasks(house, web)[which];
  if (task === undefined) throw new TypeError('there are four digests');
  return { ...task, name: `${task.name}, spoiled` };
}

function runIn(refusal: string): RunId {
  return (/r_[0-9a-f]{32}/.exec(refusal)?.[0] ?? '') as RunId;
}

function fieldOf(cloud: HostileCloud, house: House, random: Attack['random'], victims: readonly RunId[], over: ReadonlySet<RunId>): Field {
  const victim: Field['victim'] = () => {
    const id = random.pick(victims);
    const driven = cloud.runs.get(id);
    if (driven === undefined) return null;
    driven.honest = false;
    return { id, driven };
  };
  return {
    cloud,
    house,
    random,
    victim,
    // A run that is under way honestly is let be: what the cloud does to its own plan stops nobody but itself.
    anyRun: () => random.pick([...over, ...victims.filter((run) => cloud.runs.get(run)?.honest === false), makeId('r', randomBytes)]),
    get handles() {
      return [...cloud.runs.values()].flatMap(({ state }) => state.steps.flatMap(({ outcome }) => outcome?.outputs ?? []));
    },
  };
}

/** What is new is what the runs say that they wrote; everything else is as it was. New files are cleared for the next round. */
async function judgePicture(
  before: Map<string, string>,
  { house, relay, runs }: ProbeField,
  person: Person,
  fail: (failure: string) => void,
): Promise<void> {
  const after = house.picture();
  const written = new Set<string>();
  for (const run of [...person.tasks.keys(), ...runs]) {
    const { result } = await relay.ask('runs.result', { run });
    const value = result as RunResult | undefined;
    if (value?.kind === 'files') for (const { name } of value.files) written.add(name);
  }
  for (const [path, hash] of before) {
    const is = after.get(path);
    if (is !== hash) fail(`${path} was ${is === undefined ? 'taken away' : 'changed'}`);
  }
  for (const path of after.keys()) {
    if (before.has(path)) continue;
    const full = join(house.folder, path);
    const isAccounted = async () => written.has(basename(path)) || (await isUndoable(basename(path), relay, person));
    if (!house.own.has(full) && !(path.startsWith('granted-') && (await isAccounted()))) fail(`${path} was made`);
    if (!house.own.has(full) && isDangerous(full)) fail(`${path} was planted`);
    rmSync(full, { recursive: true, force: true });
  }
}

/** A log that was spoiled may end before the step that wrote a file is heard of: then the run's undo knows of it, and takes it back. */
async function isUndoable(name: string, relay: Relay, person: Person): Promise<boolean> {
  for (const run of person.tasks.keys()) {
    const { result } = await relay.ask('runs.undo', { run, dryRun: true });
    if (JSON.stringify(result?.items ?? []).includes(name)) return true;
  }
  return false;
}

/** What hides, or what a system starts by its name or its mode. */
function isDangerous(path: string): boolean {
  return /^\.|\.(exe|desktop|sh|bat|cmd|lnk|js|scr)$/i.test(basename(path)) || (statSync(path).mode & 0o111) !== 0;
}

/** Each release stands in the ledger under its own receipt, once, of a run from which something may leave. */
function judgeReleases(
  { cloud, runs }: ProbeField,
  person: Person,
  receipts: Map<string, number>,
  isAll: boolean,
  fail: (failure: string) => void,
): void {
  const seen = new Set<string>();
  for (const { run, step, receipt, question } of cloud.infers) {
    const task = person.tasks.get(run);
    const bytes = question.texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const noted = receipts.get(receipt);
    // A probe's own words may leave; whether anything else did, the canaries tell.
    const isProbe = runs.has(run);
    if (!isProbe && (task === undefined || task.answer === 'no' || task.name.includes('Home')))
      fail(`${step} of ${task?.name ?? run} was released`);
    if (noted === undefined ? isAll : noted !== bytes)
      fail(`${bytes} bytes of ${step} were released, the ledger says ${noted ?? 'nothing'}`);
    for (const key of [receipt, `${run} ${step}`]) {
      if (seen.has(key)) fail(`${step} of ${task?.name} was released twice`);
      seen.add(key);
    }
  }
}

function judgeLeaks({ house, cloud, relay, web }: ProbeField, log: Buffer, fail: (failure: string) => void): Outcome['figures'] {
  const everything = [...house.canaries, house.query];
  const met = new Map<string, Canary>();
  const search = (bytes: Buffer, wanted: readonly Canary[], where: string) => {
    for (const canary of findCanaries(bytes, wanted)) {
      met.set(canary.word, canary);
      fail(`a canary (${canary.perch}) was met in ${where}`);
    }
  };
  search(Buffer.concat(cloud.received.map(withoutQuestion)), everything, 'what the cloud received');
  const questions = Buffer.from(JSON.stringify(cloud.infers.map(({ question }) => question.texts)));
  search(
    questions,
    everything.filter(({ perch }) => !MAY_LEAVE.has(perch)),
    'what was released',
  );
  search(Buffer.concat(web.sent), everything, 'what downloads sent to the web');
  search(log, everything, 'the agent’s log');
  const shown = relay.answers.map((answer) => JSON.stringify(answer));
  search(
    Buffer.from(shown.join('\n')),
    everything.filter(({ perch }) => NEVER_SHOWN.has(perch)),
    'what the extension received',
  );
  for (const { length } of shown) if (length > MAX_FRAME_TO_BROWSER) fail(`a message of ${length} to the extension`);
  const released = findCanaries(questions, everything).length;
  if (released === 0) fail('nothing was ever released: the search would find nothing');
  return {
    canaries: everything.length,
    'canaries in approved releases': released,
    'canary bytes leaked': [...met.values()].reduce((sum, { word }) => sum + word.length, 0),
  };
}

/** A message without the texts that were released with it; they are looked at by themselves. */
function withoutQuestion(message: Buffer): Buffer {
  if (!message.includes('"method":"infer"')) return message;
  const parsed = JSON.parse(message.toString()) as { params: { question: { texts: string[] } } };
  parsed.params.question.texts = [];
  return Buffer.from(JSON.stringify(parsed));
}
