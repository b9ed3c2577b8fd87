// The command line as people and scripts meet it: the real program, a real agent, exit codes and documents.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUNDLES } from '../../../native-host/checkout/places.ts';

let folder: string;
let texts: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hg-cli-'));
  texts = join(folder, 'My Texts');
  mkdirSync(texts);
  writeFileSync(
    join(texts, 'weir.md'),
    '# The weir\n\nThe river flooded the plain in spring. Engineers built a weir of oak to hold the water back.\n',
  );
  writeFileSync(
    join(texts, 'bread.txt'),
    'Knead the dough for eight minutes and bake it in a hot oven until it sounds hollow underneath.\n',
  );
});
afterAll(() => {
  headgate('stop');
  rmSync(folder, { recursive: true });
});

function headgate(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BUNDLES.host, ...args], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { PATH: process.env.PATH, HOME: folder, HEADGATE_HOME: join(folder, 'state') },
  });
  return { status, stdout, stderr };
}

function headgateJson(...args: string[]) {
  const { status, stdout } = headgate(...args, '--json');
  return { status, document: JSON.parse(stdout) as Record<string, unknown> };
}

test.each([
  [['grants', '--jsn'], 'There is no option --jsn here. Did you mean --json?'],
  [['runs', '--limit'], '--limit needs a value.'],
  [['runs', '--limit', '--json=1'], '--limit needs a value; one that begins with a dash is given as --limit=-….'],
  [['grants', '--json=yes'], '--json takes no value.'],
  [['completion'], 'Say for which shell: bash, zsh or fish.\nUsage: headgate completion bash|zsh|fish'],
  [['completion', 'tcsh'], 'There is no completion for "tcsh", only for bash, zsh, fish.'],
  [['cancel'], 'Say which run to cancel.'],
  [['run', 'open', 'h_x'], '"h_x" is no handle.'],
  [['run', 'file.open', '--input', '{"target":"h_x"}'], 'file.open does not take this input: target must be a list.'],
])('headgate %j is met with what is wrong, in words', (args, says) => {
  const { status, stdout, stderr } = headgate(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(says);
});

test('without an agent status says so with exit code 3 and starts none', () => {
  expect(headgateJson('status')).toEqual({
    status: 3,
    document: {
      error: { code: 'agent_down', message: 'No Headgate agent is running.', next: 'Any other command starts it, and so does a browser.' },
    },
  });
  expect(existsSync(join(folder, 'state', 'agent.json'))).toBe(false);
});

test('a mistyped command is met with the nearest one and exit code 2', () => {
  expect(headgate('grnts')).toMatchObject({
    status: 2,
    stdout: '',
    stderr: 'There is no command "grnts". Did you mean "grants"?\nTry: headgate help\n',
  });
});

test('help and version go to stdout', () => {
  expect(headgate('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(headgate('help').stdout).toContain('Usage: headgate COMMAND');
  expect(headgate('grant', '--help').stdout).toContain('Usage: headgate grant DIR[:rights[:label]]');
});

test('help takes the flags of every command', () => {
  expect(headgateJson('help')).toMatchObject({ status: 0, document: { help: expect.stringContaining('Usage: headgate COMMAND') } });
  expect(headgate('help', '--help').stdout).toContain('Usage: headgate COMMAND');
  expect(headgateJson('help', 'grant').document).toMatchObject({ help: expect.stringContaining('Usage: headgate grant') });
});

test('a reader that leaves early ends the command without a word', async () => {
  const child = spawn(process.execPath, [BUNDLES.host, 'help', 'grant'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const [status] = (await once(child, 'close')) as [number];
  expect(said.join('')).toBe('');
  expect(status).toBe(141);
});

test('a folder is granted, listed, searched, digested and revoked', () => {
  expect(headgateJson('grant', `${texts}:read,write:home`).document).toMatchObject({
    grant: { name: 'My Texts', rights: ['read', 'write'], label: 'home' },
  });
  expect(headgate('grants').stdout).toMatch(/^My Texts {2}~\/My Texts {2}read,write {2}home {2}g_/);

  const found = headgateJson('run', 'find', 'weir', 'of', 'oak');
  expect(found).toMatchObject({ status: 0, document: { result: { kind: 'hits', hits: [{ name: 'weir.md', line: 3 }] } } });

  const digest = headgateJson('run', 'digest', texts);
  const [file = ''] = digest.document.files as string[];
  expect(digest.status).toBe(0);
  expect(file.startsWith(texts)).toBe(true);
  expect(readFileSync(file, 'utf8')).toContain('bread.txt');
  const { steps } = digest.document.run as { steps: { where: string }[] };
  expect(new Set(steps.map(({ where }) => where))).toEqual(new Set(['home']));

  expect(headgate('runs').stdout).toContain('Digest of My Texts');
  expect(headgate('runs', 'last').stdout).toContain('fs.create');
  expect(headgate('revoke', 'My Texts')).toMatchObject({ status: 0 });
  expect(headgateJson('grants').document).toEqual({ grants: [], commands: [] });
});

test('a run that asks and has no terminal says at once what waits and where to answer, and goes on with the answer', async () => {
  const { grant } = headgateJson('grant', `${texts}:read,write:home`).document as { grant: { id: string } };
  const input = JSON.stringify({ moves: [{ from: { grant: grant.id, path: 'bread.txt' }, to: 'loaf.txt' }] });
  const env = { PATH: process.env.PATH, HOME: folder, HEADGATE_HOME: join(folder, 'state') };
  const child = spawn(process.execPath, [BUNDLES.host, 'run', 'file.move', '--ask', '--input', input], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await expect.poll(() => said, { timeout: 10_000 }).toMatch(/or in another terminal: headgate approvals a_[0-9a-f]{32} yes\|run\|no\n/);
  expect(said).toMatch(/^Waits for your yes until \d{4}-\d\d-\d\d \d\d:\d\d: .*bread\.txt/m);
  expect(existsSync(join(texts, 'bread.txt'))).toBe(true);
  expect(headgate('approvals', /a_[0-9a-f]{32}/.exec(said)?.[0] ?? '', 'yes').status).toBe(0);
  expect(await ended).toEqual([0, null]);
  expect(existsSync(join(texts, 'loaf.txt'))).toBe(true);
  expect(headgate('undo', 'last').status).toBe(0);
  expect(existsSync(join(texts, 'bread.txt'))).toBe(true);
  expect(headgate('revoke', 'My Texts').status).toBe(0);
});

test('globs, limits and names of a grant are given, shown, kept when nothing is said of them, and taken away', () => {
  const granted = (...args: string[]) => headgateJson('grant', texts, ...args).document.grant as Record<string, unknown>;
  const said = { include: ['*.md', '*.txt'], exclude: ['bread*', 'Digest*'], maxFileBytes: 1_500_000, maxFiles: 20, names: 'hidden' };
  const flags = ['--include', '*.md', '--include', '*.txt', '--exclude', 'bread*', '--exclude', 'Digest*'];
  expect(granted(...flags, '--max-file-size', '1.5MB', '--max-files', '20', '--names', 'hidden')).toMatchObject(said);
  expect(granted('--label', 'open')).toMatchObject({ ...said, label: 'open' });
  expect(headgate('grants').stdout).toContain(
    'My Texts: only *.md  *.txt · without bread*  Digest* · files up to 1.5 MB · 20 files a run · names hidden from the cloud',
  );
  expect(headgateJson('grants').document).toMatchObject({ grants: [said] });
  expect(headgate('doctor').stdout).toContain('1 folder is granted, 1 in part, 1 with hidden names.');
  const found = (word: string) => headgateJson('run', 'find', word).document.result;
  expect(found('oven')).toMatchObject({ hits: [] });
  expect(found('oak')).toMatchObject({ hits: [{ name: 'weir.md' }] });
  const freed = granted('--include', 'none', '--exclude', 'none', '--max-file-size', 'none', '--max-files', 'none', '--names', 'shown');
  expect(freed).toMatchObject({ include: [], exclude: [], names: 'shown' });
  expect(freed).not.toHaveProperty('maxFiles');
  expect(headgate('grant', texts, '--exclude', '/etc')).toMatchObject({ status: 5, stderr: expect.stringContaining('relative') });
  expect(headgate('grant', texts, '--max-files', 'many')).toMatchObject({ status: 2 });
  headgate('revoke', 'My Texts');
}, 60_000);

test('what was found in a folder is gone once it is revoked', () => {
  headgate('grant', texts);
  const { run } = headgateJson('run', 'find', 'oak').document as { run: { run: string } };
  expect(headgateJson('run', 'find', 'oak').document.result).toMatchObject({ kind: 'hits' });
  expect(headgate('revoke', 'My Texts').status).toBe(0);
  expect(JSON.stringify(headgateJson('runs', run.run).document)).not.toContain('weir');
});

test('two folders of one name are told apart in every list', () => {
  const folders = ['a', 'b', 'c'].map((parent) => join(folder, parent, 'Papers'));
  for (const each of folders) mkdirSync(each, { recursive: true });
  const names = folders
    .slice(0, 2)
    .map((each) => (headgateJson('grant', each, '--exclude', '*.key').document.grant as { name: string }).name);
  expect(names).toEqual(['Papers', 'Papers (b)']);
  headgate('grant', folders[2] ?? '', '--name', 'Papers', '--max-files', '7');
  const said = headgate('grants').stdout;
  expect(said).toContain('Papers (~/c/Papers): 7 files a run');
  expect(said).toContain('Papers (b): without *.key');
  expect(headgate('revoke')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^Say which to take back: Papers \(g_[0-9a-f]{32}\) · Papers \(b\) · Papers \(g_/),
  });
  for (const { id } of headgateJson('grants').document.grants as { id: string }[]) headgate('revoke', id);
  expect(headgate('revoke').stderr).toContain('Nothing is allowed');
}, 60_000);

test('undo of what changed nothing names the last run that did', () => {
  headgate('grant', `${texts}:read,write:home`);
  const { run } = headgateJson('run', 'digest', texts).document.run as { run: string };
  headgate('run', 'find', 'oak');
  expect(headgate('undo', 'last').stdout).toContain(
    `There is nothing to undo in the run Find “oak”. The last that changed something is Digest of My Texts: headgate undo ${run}`,
  );
  expect(headgate('undo', run, '--dry-run').stdout).toContain('1 taken back');
  const one = headgate('runs', run).stdout;
  expect(one).toMatch(/^ {2}→ Digest .*\.md$/m);
  expect(one).toContain(`headgate undo ${run}`);
  headgate('undo', run);
  expect(headgate('runs').stdout).toMatch(/Digest of My Texts .*taken back$/m);
  expect(headgate('runs', run).stdout).not.toContain('headgate undo');
  headgate('revoke', 'My Texts');
}, 60_000);

test('what was done in a folder that was revoked is taken back once it is granted again', () => {
  headgate('grant', `${texts}:read,write:home`);
  const digest = headgateJson('run', 'digest', texts).document as { run: { run: string }; files: string[] };
  const { run } = digest.run;
  headgate('revoke', 'My Texts');
  expect(headgate('undo', run)).toMatchObject({ status: 1, stdout: expect.stringContaining('not granted any more') });
  headgate('grant', `${texts}:read`);
  expect(headgate('undo', run)).toMatchObject({ status: 1, stdout: expect.stringContaining('not granted any more') });
  headgate('grant', `${texts}:read,write`);
  expect(existsSync(digest.files[0] ?? '')).toBe(true);
  expect(headgate('undo', run)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 taken back') });
  expect(existsSync(digest.files[0] ?? '')).toBe(false);
  headgate('revoke', 'My Texts');
}, 60_000);

test('what is not there is named with the next step', () => {
  expect(headgate('run', 'digest', texts)).toMatchObject({ status: 1, stderr: expect.stringContaining(`There is no grant "${texts}"`) });
  expect(headgate('run', 'digst')).toMatchObject({ status: 2, stderr: expect.stringContaining('Did you mean "digest"?') });
  expect(headgate('run', 'folder.digest')).toMatchObject({ status: 2, stderr: expect.stringContaining('folder.digest needs "grant"') });
  expect(headgate('warrants', 'add', '--recipe', 'folder.digset')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('Did you mean "folder.digest"?'),
  });
  expect(headgate('warrants', 'add', '--recipe', 'folder.digest')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--grant GRANT'),
  });
  expect(headgate('ledger', '--sent', 'x_beef')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('There is no receipt "x_beef".'),
  });
  expect(headgate('ledger', '--sent', 'beef')).toMatchObject({ status: 2, stderr: expect.stringContaining('--sent takes a receipt') });
  expect(headgate('cancel', 'r_beef')).toMatchObject({ status: 1, stderr: expect.stringContaining('There is no run "r_beef".') });
});

test('the ledger is asked of files: of a folder it does not say that nothing has left', () => {
  headgate('grant', texts);
  expect(headgate('ledger', '--of', texts)).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('is a folder') });
  expect(headgate('ledger', '--of', join(texts, 'weir.md')).stdout).toContain('has left this device');
  headgate('revoke', 'My Texts');
});

test('what stands behind a folder and says neither rights nor a label is named', () => {
  expect(headgate('grant', `${texts}:rad`)).toMatchObject({
    status: 5,
    stderr: expect.stringContaining('“rad” does not say what is allowed'),
  });
  expect(headgate('grant', `${texts}:read:secret`)).toMatchObject({ status: 5, stderr: expect.stringContaining('“read:secret” does not') });
  expect(headgate('grant', `${texts}-2:read`)).toMatchObject({
    status: 5,
    stderr: expect.stringContaining('Check the path and try again'),
  });
  expect(headgate('grant', `${texts}-2:rad`)).toMatchObject({
    status: 5,
    stderr: expect.stringContaining('Check the path. After a folder'),
  });
});

test('protected folders are refused with exit code 5', () => {
  expect(headgateJson('grant', '/')).toMatchObject({ status: 5, document: { error: { code: 'grant_refused' } } });
});

test('without a cloud, work that is bound to it is not done at home instead', () => {
  headgate('grant', `${texts}:read,write:open`);
  const { document, status } = headgateJson('run', 'digest', texts, '--where', 'cloud');
  expect(status).toBe(3);
  expect(document.run).toMatchObject({ code: 'cloud_away' });
  const { steps } = document.run as { steps: { op: string; status: string }[] };
  expect(new Set(steps.filter(({ op }) => op === 'text.summarize').map(({ status }) => status))).not.toContain('succeeded');
});

test('facts about the device, approvals and ledger come as documents', () => {
  expect(headgateJson('run', 'info').document).toMatchObject({ result: { kind: 'facts' } });
  expect(headgateJson('approvals').document).toEqual({ approvals: [] });
  expect(headgateJson('ledger').document).toHaveProperty('receipts');
});

test('pairing without a code is a usage error where nobody can be asked', () => {
  expect(headgate('pair')).toMatchObject({ status: 2, stderr: expect.stringContaining('--code ABCD-1234') });
  expect(headgate('pair', 'ABCD')).toMatchObject({ status: 2, stderr: expect.stringContaining('"ABCD" is no such code') });
});

test('install writes nothing unasked, and exactly the named place when asked', () => {
  const profile = join(folder, 'profile');
  expect(headgate('install', '--user-data-dir', profile)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('There is no folder'),
  });
  expect(existsSync(profile)).toBe(false);
  mkdirSync(profile);
  expect(headgate('install', '--user-data-dir', profile)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('is no browser profile'),
  });
  expect(readdirSync(profile)).toEqual([]);
  writeFileSync(join(profile, 'Local State'), '{}');
  expect(headgateJson('install', '--user-data-dir', profile)).toMatchObject({
    status: 0,
    document: { written: [{ does: 'create' }, { does: 'create' }] },
  });
  expect(existsSync(join(profile, 'NativeMessagingHosts', 'app.headgate.host.json'))).toBe(true);
  expect(headgateJson('uninstall', '--verify')).toMatchObject({ status: 5, document: { error: { code: 'approval_denied' } } });
  expect(headgateJson('uninstall', '--verify', '--yes')).toMatchObject({ status: 0, document: { kept: [], leftovers: [] } });
  expect(readdirSync(profile)).toEqual(['Local State']);
});

test('stopping twice is no error', () => {
  expect(headgate('stop').status).toBe(0);
  expect(headgate('stop')).toMatchObject({ status: 0, stdout: 'No agent is running.\n' });
});
