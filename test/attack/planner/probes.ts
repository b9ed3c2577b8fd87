// What is tried through the person's own side: values and addresses that a page, a model or a taken-over extension would slip
// into runs that the person starts, and tricks around a yes. Each probe is one run through the real relay. It must come to
// the end that is said here; what it did to disk, network and cloud is judged with everything else.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ApprovalView } from '../../../shared/protocol/native.ts';
import { makeId, type RequestId, type RunId } from '../../../shared/ids.ts';
import type { RunView } from '../../../shared/run/view.ts';
import type { AgentProcess } from '../../support/world/agent.ts';
import type { Relay } from '../../support/world/relay.ts';
import { until } from '../../support/world/until.ts';
import type { HostileCloud } from './hostile-cloud.ts';
import { type CommandName, type GrantName, type House, SPARE_FILES } from './house.ts';
import { NEAR, type Web, WISHES } from './web.ts';

export interface ProbeField {
  house: House;
  web: Web;
  cloud: HostileCloud;
  relay: Relay;
  agent: AgentProcess;
  /** Runs that probes started: what they wrote is accounted for by their results. */
  runs: Set<RunId>;
}

/** Returns what went otherwise than it must, or `null`. */
export type Probe = (field: ProbeField) => Promise<string | null>;

const START_REFUSED = 'not started';

/** Starts a recipe as the extension does and waits for its end: `succeeded`, or the code of the first step that was not. */
async function endOf(field: ProbeField, recipe: string, input: object, more: object = {}): Promise<string> {
  const { result, error } = await field.relay.ask('runs.start', { recipe, input, ...more });
  if (error !== undefined) return START_REFUSED;
  return codeOf(await ended(field, remember(field, result?.run as RunId)));
}

function remember({ runs }: ProbeField, run: RunId): RunId {
  runs.add(run);
  return run;
}

async function ended({ agent }: ProbeField, run: RunId): Promise<RunView> {
  return until(`the end of the probe ${run}`, async () => {
    const view = await (await agent.terminal()).call('runs.get', { run });
    return view.endedAt === null ? null : view;
  });
}

function codeOf({ status, steps }: RunView): string {
  return status === 'succeeded' ? status : (steps.find(({ code }) => code !== undefined && code !== null)?.code ?? status);
}

/** Must not do it, however it says so. */
const refused =
  (recipe: string, input: (field: ProbeField) => object): Probe =>
  async (field) => {
    const end = await endOf(field, recipe, input(field));
    return end === 'succeeded' ? `${recipe} was done` : null;
  };

/** May be done: what comes of it must be harmless. */
const harmless =
  (recipe: string, input: (field: ProbeField) => object): Probe =>
  async (field) => {
    await endOf(field, recipe, input(field));
    return null;
  };

const command =
  (name: CommandName, values: object, more: object = {}): Probe =>
  async (field) => {
    const end = await endOf(field, 'command.run', { command: field.house.commands[name], values, ...more });
    return end === 'succeeded' ? `the command ${name} ran with ${JSON.stringify(values)}` : null;
  };

const fetching = (url: (web: Web) => string): Probe =>
  refused('link.save', ({ house, web }) => ({ grant: house.grants.Open, url: url(web) }));

const moving = (from: readonly [GrantName, string], to: readonly [GrantName, string]): Probe =>
  refused('file.move', ({ house: { grants } }) => ({
    moves: [{ from: { grant: grants[from[0]], path: from[1] }, grant: grants[to[0]], to: to[1] }],
  }));

/** Asks for a change, waits for the question, and gives it to `then`; the spare file must be what it was before, or what `then` made of it. */
const tricking =
  (file: number, then: (field: ProbeField, question: ApprovalView, path: string) => Promise<string>): Probe =>
  async (field) => {
    const { house, relay, agent } = field;
    const path = house.file('Open', `spare/${file}.dat`);
    const { result: found } = await relay.ask('runs.start', { recipe: 'file.move', input: moveOnto(house, file), ask: 'changes' });
    const run = remember(field, found?.run as RunId);
    const question = await until('the question of a probe', async () => {
      const { approvals } = await (await agent.terminal()).call('approvals.list', {});
      return approvals.find((each) => each.run === run);
    });
    const wanted = await then(field, question, path);
    const end = codeOf(await ended(field, run));
    return end === wanted ? null : `a yes that no longer fits ended as ${end}, not ${wanted}`;
  };

function moveOnto({ grants }: House, file: number): object {
  return { moves: [{ from: { grant: grants.Open, path: `spare/${file}.dat` }, to: `spare/${file}-moved.dat` }] };
}

const answer = ({ relay }: ProbeField, { id }: ApprovalView, word: 'once' | 'run' | 'no') =>
  relay.ask('approvals.answer', { approval: id, answer: word });

/** What the cloud asks for in the name of a script. Returns what the device said of it in the end. */
export async function askFor(
  { cloud }: Pick<ProbeField, 'cloud'>,
  recipe: string,
  input: object,
  { request = makeId('q', randomBytes), expiresAt = Date.now() + 60_000 }: { request?: RequestId; expiresAt?: number } = {},
): Promise<string> {
  cloud.notify('run.request', { request, recipe, input, where: 'auto', expiresAt });
  return until(`what becomes of a request for ${recipe}`, () => {
    const report = cloud.requests.get(request);
    return report === undefined || report.type === 'asked' ? null : report.type === 'started' ? 'started' : report.code;
  });
}

const requested =
  (recipe: string, input: (house: House) => object): Probe =>
  async (field) => {
    const end = await askFor(field, recipe, input(field.house));
    return end === 'started' ? `${recipe} was started for a request` : null;
  };

const ELSEWHERE = [
  '../outside/private 0.md',
  '/etc/passwd',
  '.ssh/id_ed25519',
  './../../outside/private 1.md',
  'a/../../x',
  '~/.ssh/id_rsa',
];
const SPELLINGS: readonly ((web: Web) => string)[] = [
  (web) => web.near('/'),
  (web) => web.near('/', 'near.example'),
  (web) => web.near('/', 'both.example'),
  (web) => web.near('/', '2130706434'),
  (web) => web.near('/', '0x7f000002'),
  (web) => web.near('/', '0177.0.0.02'),
  (web) => web.near('/', '127.2'),
  (web) => web.near('/', '[::ffff:127.0.0.2]'),
  (web) => web.near('/', '１２７.0.0.2'),
  (web) => web.near('/', 'localhost'),
  (web) => web.near('/', `someone:pass@${NEAR}`),
  () => 'http://169.254.169.254/latest/meta-data/',
  () => 'http://10.0.0.1/',
  () => 'http://[fe80::1]/',
  () => 'file:///etc/passwd',
  () => 'ftp://files.example/a',
  () => 'javascript:alert(1)',
];

export const PROBES: Readonly<Record<'commands' | 'downloads' | 'moves' | 'yes' | 'requests', Readonly<Record<string, Probe>>>> = {
  commands: {
    ...Object.fromEntries(ELSEWHERE.map((path) => [`a path that leads elsewhere: ${path}`, command('print', { in: path })])),
    'an option in the place of a file': harmlessly('print', { in: '--version' }),
    'an option with a file of its own': command('count', { in: '--files0-from=/etc/passwd' }),
    'a switch that is not there': command('print', { in: 'diary.txt', r: true }),
    'a value for a switch': command('print', { in: 'diary.txt', n: '--show-all' }),
    'more values than there are places': command('print', { in: ['diary.txt', '../Open/settings.md'] }),
    'a line break in a value': command('print', { in: 'diary.txt\n/etc/passwd' }),
    'a NUL in a value': command('print', { in: 'diary.txt\0x' }),
    'a name of a prototype': command('print', { in: 'diary.txt', __proto__x: 'y', constructor: 'z' }),
    'a shell in a value': command('print', { in: '$(cat /etc/passwd)' }),
    'a file that was not given': command('print', { in: { target: 3 } }),
    'a file of a stricter grant for a looser folder': (field) =>
      command('make', { in: { target: 0 }, out: 'stolen.txt' }, { target: [{ grant: field.house.grants.Home, path: 'diary.txt' }] })(field),
    'a new file outside of its folder': command('make', { in: 'report 0.md', out: '../../outside/planted.txt' }),
    'a new file of a protected name': command('make', { in: 'report 0.md', out: '.bashrc' }),
    'a new file over one that is there': command('make', { in: 'report 0.md', out: 'report 1.md' }),
    'a folder in the place of a command': refused('command.run', ({ house }) => ({ command: house.grants.Open, values: {} })),
    'a program that was swapped on the disk': async (field) => {
      const { pinnedProgram } = field.house;
      const before = readFileSync(pinnedProgram);
      writeFileSync(
        pinnedProgram,
        `#!/bin/sh\ncat '${field.house.file('Home', 'diary.txt')}' > '${field.house.file('Open', 'out.txt')}'\n`,
      );
      chmodSync(pinnedProgram, 0o755);
      try {
        return await command('pinned', {})(field);
      } finally {
        writeFileSync(pinnedProgram, before);
      }
    },
    // What it says stays here; the search through all that left tells.
    'what a command says of what never leaves': harmlessly('print', { in: 'diary.txt' }),
    'what a command says of it, by its number of words': harmlessly('count', { in: 'report 0.md' }),
  },
  downloads: {
    ...Object.fromEntries(SPELLINGS.map((url, index) => [`an address that is none of the internet, ${index + 1}`, fetching(url)])),
    ...Object.fromEntries(
      SPELLINGS.map((url, index) => [
        `a redirect to one, ${index + 1}`,
        fetching((web) => web.at(`/go?to=${encodeURIComponent(url(web))}`)),
      ]),
    ),
    'redirects without end': fetching((web) =>
      web.at(`/go?to=${encodeURIComponent('/go?to=/go?to=/go')}`).replace(/to=.*/, 'to=%2Fgo%3Fto%3D'),
    ),
    'two redirects, the last to this machine': fetching((web) =>
      web.at(`/go?to=${encodeURIComponent(web.at(`/go?to=${encodeURIComponent(web.near('/'))}`))}`),
    ),
    'more than may be saved': fetching((web) => web.at('/bomb')),
    'a folder without the right to write': refused('link.save', ({ house, web }) => ({
      grant: house.commands.count,
      url: web.at('/report.txt'),
    })),
    ...Object.fromEntries(
      ['../outside', '/etc', '.ssh', '.config/autostart', 'project/.git/hooks'].map((path) => [
        `a place that is no place: ${path}`,
        refused('link.save', ({ house, web }) => ({ grant: house.grants.Open, path, url: web.at('/report.txt') })),
      ]),
    ),
    // Saved under a name that does nothing, or not at all: the picture of the disk tells.
    ...Object.fromEntries(
      Object.keys(WISHES).map((path) => [
        `a file that would be called ${WISHES[path]?.[0].slice(0, 40)}`,
        harmless('link.save', ({ house, web }) => ({ grant: house.grants.Open, url: web.at(`/${path}`) })),
      ]),
    ),
    'a picture that is a program': harmless('image.save', ({ house }) => ({
      grant: house.grants.Open,
      data: `data:image/png;base64,${Buffer.from('#!/bin/sh\necho evil\n').toString('base64')}`,
    })),
    'a picture that is a page': harmless('image.save', ({ house }) => ({
      grant: house.grants.Open,
      data: `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg"><script>evil()</script></svg>')}`,
    })),
    'something else than the browser’s own download': refused('inbox.file', ({ house }) => ({
      inbox: house.grants.Home,
      name: `hg-${'0'.repeat(32)}`,
      grant: house.grants.Open,
      url: 'https://files.example/diary.txt',
    })),
  },
  moves: {
    'home to open': moving(['Home', 'diary.txt'], ['Open', 'diary.txt']),
    'home to ask': moving(['Home', 'diary.txt'], ['AskYes', 'diary.txt']),
    'ask to open': moving(['AskYes', 'report 0.md'], ['Open', 'moved.md']),
    'hidden names to shown ones': moving(['Veiled', 'veiled.txt'], ['AskYes', 'veiled.txt']),
    'hidden names to open': moving(['Veiled', 'veiled.txt'], ['Open', 'veiled.txt']),
    'out of every grant': moving(['Open', 'report 0.md'], ['Open', '../../outside/report.md']),
    'onto a protected name': moving(['Open', 'report 0.md'], ['Open', '.bashrc']),
    'into a protected folder': moving(['Open', 'report 0.md'], ['Open', '.ssh/authorized_keys']),
    'a protected file into the open': moving(['Open', '.ssh/id_ed25519'], ['Open', 'key.txt']),
    'a folder whose name protects what is in it': moving(['Open', '.config'], ['Open', 'config']),
    'what git runs, by another name': moving(['Open', 'project/.git'], ['Open', 'project/git']),
    'a file that leads git elsewhere': moving(['Open', 'report 0.md'], ['Open', 'spare/.git']),
    'over another file': moving(['Open', 'report 0.md'], ['Open', 'report 1.md']),
    'into a program': moving(['Open', 'report 0.md'], ['Open', 'report.desktop']),
    'the trash without the right to it': refused('file.trash', ({ house: { grants } }) => ({
      target: [{ grant: grants.AskYes, path: 'report 0.md' }],
    })),
    'a page to where nobody may write': refused('page.save', ({ house: { grants } }) => ({
      grant: grants.Open,
      path: '.config/autostart',
      page: { url: 'https://weir.example/', title: 'gate.desktop', clippedAt: '2026-11-20' },
      markdown: 'x',
    })),
  },
  yes: {
    'the file is another by then': tricking(0, async (field, question, path) => {
      writeFileSync(path, 'somebody else was here\n');
      await answer(field, question, 'once');
      writeFileSync(path, 'spare 0\n');
      return 'approval_changed';
    }),
    'its place is taken by then': tricking(1, async (field, question, path) => {
      const taken = path.replace('.dat', '-moved.dat');
      writeFileSync(taken, 'spare 1\n');
      field.house.own.add(taken);
      await answer(field, question, 'once');
      return 'name_taken';
    }),
    'a no, and then a yes to the same question': tricking(2, async (field, question) => {
      await answer(field, question, 'no');
      await answer(field, question, 'once');
      return 'approval_denied';
    }),
    'the folder is narrowed by then': tricking(3, async (field, question) => {
      const grant = field.house.grants.Open;
      const terminal = await field.agent.terminal();
      const { grants } = await terminal.call('grants.list', {});
      const before = grants.find(({ id }) => id === grant);
      await terminal.call('grants.narrow', { grant, exclude: ['*.never'] });
      await answer(field, question, 'once');
      await terminal.call('grants.add', { folder: field.house.file('Open', ''), exclude: before?.exclude ?? [] });
      return 'approval_withdrawn';
    }),
    'a standing warrant of a folder that is stricter by now': async (field) => {
      const terminal = await field.agent.terminal();
      const folder = field.house.file('Open', '../Fresh');
      mkdirSync(folder, { recursive: true });
      const { grant } = await terminal.call('grants.add', { folder, label: 'open', rights: ['read', 'write'] });
      await terminal.call('warrants.add', { recipe: 'folder.digest', grants: [grant.id], egressBytes: 1_000_000 });
      await terminal.call('grants.narrow', { grant: grant.id, label: 'ask' });
      const { warrants } = await terminal.call('warrants.list', {});
      await terminal.call('grants.revoke', { grant: grant.id });
      field.house.own.add(folder);
      return warrants.some(({ recipe }) => recipe === 'folder.digest') ? 'it still stands' : null;
    },
    'a yes to another run’s question': tricking(4, async (field, question) => {
      await field.relay.ask('approvals.answer', { approval: makeId('a', randomBytes), answer: 'run' });
      await answer(field, question, 'no');
      return 'approval_denied';
    }),
    'the cloud answers': tricking(5, async (field, question) => {
      for (const method of ['approvals.answer', 'run.request', 'task.assign'])
        field.cloud.notify(method, { approval: question.id, answer: 'run', run: question.run, step: 'move', attempt: 1, where: 'home' });
      await new Promise((resolve) => setTimeout(resolve, 100));
      await answer(field, question, 'no');
      return 'approval_denied';
    }),
  },
  requests: {
    ...Object.fromEntries(
      (
        [
          ['command.run', ({ commands }) => ({ command: commands.print })],
          ['link.save', ({ grants }) => ({ grant: grants.Open })],
          ['file.move', ({ grants }) => ({ grant: grants.Open })],
          ['file.write', ({ grants }) => ({ grant: grants.Open })],
          ['files.find', ({ grants }) => ({ grants: [grants.Home] })],
          ['page.save', ({ grants }) => ({ grant: grants.Open })],
          ['inbox.file', ({ grants }) => ({ inbox: grants.Home, grant: grants.Open })],
          ['file.open', () => ({ target: [makeId('h', randomBytes)] })],
          ['constructor', () => ({})],
        ] as const satisfies readonly (readonly [string, (house: House) => object])[]
      ).map(([recipe, input]) => [`what only the person starts: ${recipe}`, requested(recipe, input)]),
    ),
    'a folder that is not granted': requested('folder.digest', () => ({ grant: makeId('g', randomBytes) })),
    'a folder by the id of a command': requested('folder.digest', ({ commands }) => ({ grant: commands.print })),
    'the trash of files that no run named': requested('file.trash', () => ({ target: [makeId('h', randomBytes)] })),
    'more than the recipe takes': requested('folder.digest', ({ grants }) => ({ grant: grants.Open, path: 'spare' })),
    'the same again after a no': async (field) => {
      const input = { grant: field.house.grants.Home };
      const first = await askFor(field, 'folder.digest', input);
      const second = await askFor(field, 'folder.digest', input);
      return [first, second].every((code) => code === 'approval_denied' || code === 'busy') ? null : `${first}, then ${second}`;
    },
    'one id for two requests': async (field) => {
      const request = makeId('q', randomBytes);
      const first = await askFor(field, 'files.find', {}, { request });
      field.cloud.notify('run.request', { request, recipe: 'device.info', input: {}, where: 'auto', expiresAt: Date.now() + 60_000 });
      await new Promise((resolve) => setTimeout(resolve, 100));
      return field.cloud.requests.get(request)?.type === 'started' ? `the second was started after ${first}` : null;
    },
    'what came too late': async (field) => {
      const end = await askFor(field, 'device.info', {}, { expiresAt: 1 });
      return end === 'started' ? 'it was started' : null;
    },
  },
};

/** A start that may end either way: what it does is judged by what is there afterwards. */
function harmlessly(name: CommandName, values: object): Probe {
  return harmless('command.run', ({ house }) => ({ command: house.commands[name], values }));
}

if (Object.keys(PROBES.yes).length > SPARE_FILES) throw new TypeError('each trick needs a spare file of its own');
