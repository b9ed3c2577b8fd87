// Runs of a command: the question to the person where it cannot be isolated, what the screen gets, and that it runs once.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NewCommand } from '../../../native-host/gate/command-grants.ts';
import { outputOf, resultOf } from '../../../native-host/runs/result.ts';
import { parseCommandTemplate } from '../../../shared/gate/command-template.ts';
import { type Home, openHome, until } from './home.ts';

let home: Home;
const onLinux = test.runIf(process.platform === 'linux');
beforeEach(() => {
  home = openHome();
  home.cloud.connected = false;
  home.grant({ rights: ['read', 'write'] });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await home.close();
  expect(home.errors).toEqual([]);
});

function allow(script: string, more: Partial<NewCommand> = {}) {
  mkdirSync(join(home.base, 'programs'), { recursive: true });
  const program = join(home.base, 'programs', 'tool');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  const { arguments: parsed } = parseCommandTemplate(['[<x>]']);
  return home.grants.addCommand({ program, arguments: parsed, folder: home.folder, write: true, ...more });
}
const start = (command: string, values = {}) => home.runs.start({ recipe: 'command.run', input: { command, values }, where: 'home' });

onLinux('without isolation each start waits for a yes that says what it may do', async () => {
  vi.stubEnv('PATH', '/nowhere');
  const command = allow('echo "$2" >> said');
  const record = start(command.id, { x: 'hello' });
  const asked = await until(() => home.approvals.list()[0]);
  expect(asked).toMatchObject({
    kind: 'change',
    title: 'Run “tool”?',
    uninspectable: expect.stringContaining('It may send, and cannot be undone.'),
  });
  expect(asked.items.join(' ')).toContain('tool -- hello');
  expect(existsSync(join(home.folder, 'said'))).toBe(false);
  expect(() => home.approvals.answer(asked.id, 'run')).toThrow('never approved in advance');
  home.approvals.answer(asked.id, 'once');
  expect((await home.ended(record)).state.steps[0]).toMatchObject({
    status: 'succeeded',
    outcome: { note: expect.stringContaining('without isolation') },
  });
  expect(readFileSync(join(home.folder, 'said'), 'utf8')).toBe('hello\n');
  const again = start(command.id, { x: 'more' });
  home.approvals.answer((await until(() => home.approvals.list()[0])).id, 'no');
  expect((await home.ended(again)).state.steps[0]).toMatchObject({ status: 'refused', code: 'approval_denied' });
  expect(readFileSync(join(home.folder, 'said'), 'utf8')).toBe('hello\n');
});

onLinux('a command that was changed after the question does not run on that yes', async () => {
  vi.stubEnv('PATH', '/nowhere');
  const command = allow('echo ran >> said', { hash: true });
  const record = start(command.id);
  const asked = await until(() => home.approvals.list()[0]);
  writeFileSync(command.program, '#!/bin/sh\necho evil >> said\n');
  home.approvals.answer(asked.id, 'once');
  expect((await home.ended(record)).state.steps[0]).toMatchObject({ status: 'failed', code: 'grant_refused' });
  expect(existsSync(join(home.folder, 'said'))).toBe(false);
});

onLinux('what failed after it had begun never counts as nothing changed', async () => {
  const command = allow('echo once >> said; sleep 30', { isolation: 'none-accepted', limits: { seconds: 1 } });
  const step = (await home.ended(start(command.id))).state.steps[0];
  expect(step).toMatchObject({ status: 'failed', code: 'limit_reached' });
  const row = home.store.get<{ report: string }>(`SELECT report FROM tasks WHERE step = 'run'`);
  expect(JSON.parse(row?.report ?? '{}')).toMatchObject({ nothingChanged: false });
  expect(readFileSync(join(home.folder, 'said'), 'utf8')).toBe('once\n');
});

onLinux('the screen gets the last lines, under its caps and those of a day; the terminal all', async () => {
  const command = allow('for i in $(seq 1 100); do printf "%0300d\\n" $i; done; echo careful >&2', { isolation: 'none-accepted' });
  const record = await home.ended(start(command.id));
  const result = resultOf(home.store, record, () => '', home.clock.now);
  if (result.kind !== 'facts') throw new Error(result.kind);
  expect(result.lines).toHaveLength(40);
  expect(result.cut).toBe(61);
  expect(result.lines?.at(-1)).toEqual({ from: 'stderr', excerpt: 'careful' });
  expect(Math.max(...(result.lines ?? []).map(({ excerpt }) => excerpt.length))).toBe(240);
  expect(outputOf(home.store, record, home.clock.now)).toMatchObject({ code: 0, stderr: 'careful\n' });
  expect(outputOf(home.store, record, home.clock.now)?.stdout).toHaveLength(30_100);
});
