// `headgate mcp` as a client meets it: refusals, labels, roots, changes taken back, receipts, and its own end.
import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { BUNDLES } from '../../../native-host/checkout/places.ts';
import { isAlive } from '../../../native-host/cli/stop-agent.ts';
import { connectTerminal } from '../../../native-host/cli/terminal.ts';
import { createGrantsFile } from '../../../native-host/gate/grants-file.ts';
import { buildStale } from '../../../native-host/checkout/build.ts';
import { findBrokenMcpLine, ledgersOf, listMcpReceipts } from '../../../native-host/mcp/ledgers.ts';
import { isHeldBack } from '../../../shared/gate/release.ts';
import { until } from '../../support/world/until.ts';
import { makePdf } from '../../attack/secrets/pdf.ts';
import { makeDocx } from '../gate/scan/corpus.ts';
import { openDesk } from './servers.ts';

beforeAll(() => buildStale(['host']), 120_000);

test('nothing outside the grant is reached, whatever the path looks like', async () => {
  await using desk = openDesk();
  writeFileSync(join(desk.base, 'secret.txt'), 'canary');
  mkdirSync(join(desk.base, 'Documents-2'));
  writeFileSync(join(desk.base, 'Documents-2', 'x.txt'), 'canary');
  symlinkSync(join(desk.base, 'secret.txt'), join(desk.folder, 'link.txt'));
  symlinkSync(desk.base, join(desk.folder, 'up'));
  const { refusal, text } = await desk.serve();
  const paths = [
    '/etc/hostname',
    '../secret.txt',
    join(desk.folder, '..', 'secret.txt'),
    join(desk.base, 'Documents-2', 'x.txt'),
    '~/x',
    'C:\\x',
    'link.txt',
    'up/secret.txt',
    'a\0b',
    '',
  ];
  for (const path of paths) {
    for (const name of ['read_text_file', 'read_media_file', 'get_file_info', 'list_directory', 'directory_tree', 'create_directory']) {
      if (name === 'get_file_info' && path === 'link.txt') continue;
      expect(await refusal(name, { path }), `${name} ${path}`).not.toContain('canary');
    }
    expect(await refusal('write_file', { path, content: 'x' })).toMatch(/denied|link|not there|drives|NUL|empty|path/i);
    expect(await refusal('move_file', { source: path, destination: 'taken.txt' })).toBeTruthy();
  }
  expect(await text('read_multiple_files', { paths: ['/etc/hostname', 'link.txt'] })).toMatch(/Error - Access denied[\s\S]*Error - /);
  expect(await text('search_files', { path: desk.folder, pattern: '**/*secret*' })).toBe('No matches found');
  expect(readFileSync(join(desk.base, 'secret.txt'), 'utf8')).toBe('canary');
});

test('protected names do not show and cannot be read, written or moved', async () => {
  await using desk = openDesk();
  desk.write('.ssh/id_rsa', 'canary');
  desk.write('repo/.git/hooks/pre-commit', 'canary');
  desk.write('plain.txt', 'x');
  const { refusal, text } = await desk.serve();
  expect(await text('list_directory', { path: desk.folder })).not.toContain('.ssh');
  expect(await text('directory_tree', { path: desk.folder })).not.toMatch(/\.ssh|hooks/);
  expect(await text('search_files', { path: desk.folder, pattern: '**/*id_rsa*' })).toBe('No matches found');
  expect(await refusal('read_text_file', { path: '.ssh/id_rsa' })).toMatch(/protected/);
  expect(await refusal('write_file', { path: '.bashrc', content: 'x' })).toMatch(/protected/);
  expect(await refusal('write_file', { path: 'repo/.git/hooks/post-merge', content: 'x' })).toMatch(/protected/);
  expect(await refusal('create_directory', { path: '.SSH' })).toMatch(/protected/);
  expect(await refusal('move_file', { source: 'plain.txt', destination: '.npmrc' })).toMatch(/protected/);
  expect(await refusal('move_file', { source: '.ssh/id_rsa', destination: 'key.txt' })).toMatch(/protected/);
  desk.write('.config/gh/hosts.yml', 'canary');
  desk.write('made/autostart/gate.desktop', 'x');
  expect(await refusal('move_file', { source: '.config', destination: 'config' })).toMatch(/protected under its old name/);
  expect(await refusal('move_file', { source: 'made', destination: 'repo/.config' })).toMatch(/protected/);
  expect(await refusal('write_file', { path: 'repo/.git/commondir', content: '../made' })).toMatch(/git’s own/);
  expect(await refusal('write_file', { path: '.git', content: 'gitdir: made' })).toMatch(/git’s own/);
});

test('only ordinary files are read: a pipe does not hang, a binary is no text, a huge one is too large', async () => {
  await using desk = openDesk();
  spawnSync('mkfifo', [join(desk.folder, 'pipe')]);
  desk.write('picture.bin', Buffer.from([1, 0, 2, 0, 3]));
  desk.write('huge.log', Buffer.alloc(21_000_000, 'a line\n'));
  const { refusal, text } = await desk.serve();
  expect(await refusal('read_text_file', { path: 'pipe' })).toMatch(/not an ordinary file/);
  expect(await refusal('write_file', { path: 'pipe', content: 'x' })).toMatch(/not an ordinary file/);
  expect(await refusal('read_text_file', { path: 'picture.bin' })).toMatch(/not text/);
  expect(await refusal('read_text_file', { path: 'huge.log' })).toMatch(/larger than/);
  expect(await text('read_text_file', { path: 'huge.log', tail: 3 })).toBe('a line\na line\n');
  expect(await text('read_text_file', { path: 'huge.log', head: 2 })).toBe('a line\na line');
  expect(await refusal('read_text_file', { path: 'huge.log', head: 1e9 })).toMatch(/larger than/);
});

test('bytes are looked through before they go: what nobody can look into stays, a picture goes unless a key is written into it', async () => {
  await using desk = openDesk();
  const key = `ghp_${'aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5'}`;
  const picture = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(4_000, 7)]);
  desk.write('picture.png', picture);
  desk.write('captioned.png', Buffer.concat([picture, Buffer.from(`tEXtComment\0${key}`)]));
  desk.write('short.bin', Buffer.from([0, 1, 2, 255]));
  desk.write('long.bin', Buffer.alloc(200_000, 3));
  desk.write('notes.docx', makeDocx('nothing of the kind'));
  desk.write('keys.docx', makeDocx(`the key is ${key}`, 7));
  desk.write('report.pdf', makePdf('nothing of the kind', 'glyphs'));
  desk.write('keys.pdf', makePdf(`the key is ${key}`, 'glyphs'));
  const { refusal, client } = await desk.serve();
  const read = async (path: string) => {
    const answer = await client.callTool({ name: 'read_media_file', arguments: { path } });
    return answer.isError === true ? 'refused' : 'given';
  };
  for (const path of ['picture.png', 'notes.docx', 'report.pdf']) expect(await read(path), path).toBe('given');
  for (const path of ['captioned.png', 'keys.docx', 'keys.pdf'])
    expect(await refusal('read_media_file', { path }), path).toMatch(/must not leave this device \(github-token/);
  for (const path of ['short.bin', 'long.bin'])
    expect(await refusal('read_media_file', { path }), path).toMatch(/could not be looked through/);
});

test('what is held back before any yes says the same to the client whatever it is, and the ledger tells the person what', async () => {
  await using desk = openDesk();
  desk.write('key.txt', `the key is ghp_${'aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5'}\n`);
  desk.write('account.txt', 'Pay to DE89 3704 0044 0532 0130 00, please.\n');
  desk.write('bytes.bin', Buffer.from([0, 1, 2, 255]));
  desk.write('plain.txt', 'nothing of the kind\n');
  const { refusal } = await desk.serve({ rights: ':read,write', name: 'claude-test' });
  const edit = { edits: [{ oldText: 'in no file', newText: '' }], dryRun: true };
  const said = [
    await refusal('read_text_file', { path: 'key.txt' }),
    await refusal('read_text_file', { path: 'account.txt' }),
    await refusal('read_media_file', { path: 'bytes.bin' }),
    await refusal('read_media_file', { path: 'key.txt' }),
    await refusal('edit_file', { path: 'key.txt', ...edit }),
    await refusal('read_multiple_files', { paths: ['plain.txt', 'account.txt'] }),
  ];
  expect(new Set(said)).toEqual(
    new Set([
      'Access denied - this was held back: Headgate does not let it leave this device. The person can see why with "headgate ledger".',
    ]),
  );

  using terminal = await connectTerminal({ home: desk.home });
  expect((await terminal.call('approvals.list', {})).approvals).toEqual([]);
  const { headgate } = commandLine(desk.home);
  const { receipts } = await terminal.call('ledger.list', { limit: 20 });
  expect(receipts.every((receipt) => isHeldBack(receipt) && receipt.bytes === 0 && receipt.label === 'ask')).toBe(true);
  expect(receipts.map(({ purpose, rules = [] }) => `${purpose}: ${rules.map(({ rule }) => rule).join()}`).sort()).toEqual([
    'mcp edit_file: github-token',
    'mcp read_media_file: github-token',
    'mcp read_media_file: not-inspected',
    'mcp read_multiple_files: iban',
    'mcp read_text_file: github-token',
    'mcp read_text_file: iban',
  ]);
  // Of several files the one that held it up, and of none that anything left.
  const several = listMcpReceipts(desk.home, 20).find(({ purpose }) => purpose === 'mcp read_multiple_files');
  expect(several?.files.map(({ path }) => path)).toEqual(['account.txt']);
  expect((await terminal.call('ledger.of', { file: join(desk.folder, 'account.txt') }).catch(({ code }) => code)) as unknown).toBe(
    'grant_not_found',
  );
  expect(headgate('ledger').stdout).toMatch(/claude-test.*0 bytes.*label ask, held back.*1 × iban/);
  await terminal.call('host.stop', {});
  await terminal.closed;
});

test('a key is not given piece by piece either', async () => {
  await using desk = openDesk();
  const lines = Array.from({ length: 12 }, (_, line) => Buffer.alloc(48, line * 7 + 1).toString('base64'));
  desk.write('id.pem', ['-----BEGIN RSA PRIVATE KEY-----', ...lines, '-----END RSA PRIVATE KEY-----', ''].join('\n'));
  const { refusal } = await desk.serve();
  expect(await refusal('read_text_file', { path: 'id.pem', tail: 4 })).toMatch(/private-key/);
  expect(await refusal('read_text_file', { path: 'id.pem', head: 3 })).toMatch(/private-key/);
  const edits = [{ oldText: '-----END RSA', newText: '-----end RSA' }];
  expect(await refusal('edit_file', { path: 'id.pem', edits, dryRun: true })).toMatch(/private-key/);
});

test('lines of a key are not given where the line that tells it for one stands just beyond what was read for them', async () => {
  await using desk = openDesk();
  const secret = [
    'MHcCAQEEIB3kR9vQmZ7tXc2LwYp8sJ5dHf1oGuVb6nTqAeKi4MzWoAoGCCqGSM49',
    'AwEHoUQDQgAE7xP2jRkLm9QwZt4Vb8NcYs1HdFgJ5oXu3TqEi6AnKpMzWr0vBeLs',
  ];
  const key = ['-----BEGIN EC PRIVATE KEY-----', ...secret, '-----END EC PRIVATE KEY-----', ''].join('\n');
  const filler = 'a line of text\n'.repeat(6_000);
  // What is read for the last lines begins between the key's first line and its second.
  const after = filler.slice(0, 65_536 - (key.length - key.indexOf('\n') - 1));
  desk.write('notes.txt', `${filler}${key}${after.slice(0, -1)}\n`);
  const { refusal } = await desk.serve();
  expect(await refusal('read_text_file', { path: 'notes.txt', tail: after.split('\n').length + 2 })).toMatch(/private-key/);
});

test('whether an edit fits tells what is in a file, so it is said only where its content may go', async () => {
  await using desk = openDesk();
  desk.write('token.txt', `the key is ghp_${'aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5'}\n`);
  desk.write('plain.txt', 'one\ntwo\n');
  const { refusal } = await desk.serve();
  const guess = (path: string, oldText: string) =>
    refusal('edit_file', { path, edits: [oldText, 'in no file'].map((text) => ({ oldText: text, newText: text })), dryRun: true });
  expect(await guess('token.txt', 'ghp_aB3')).toMatch(/must not leave this device \(github-token/);
  expect(await guess('token.txt', 'ghp_aB4')).toBe(await guess('token.txt', 'ghp_aB3'));
  expect(await guess('plain.txt', 'three')).toMatch(/Could not find exact match for edit:\nthree/);
});

test('a label of home keeps content and names, also where only a part of the grant has it', async () => {
  await using desk = openDesk();
  desk.write('open.txt', 'open');
  desk.write('Diary/today.txt', 'canary');
  linkSync(join(desk.folder, 'Diary', 'today.txt'), join(desk.folder, 'second-name.txt'));
  const { refusal, text } = await desk.serve({
    grants: [`${desk.folder}:read,write:open`, `${join(desk.folder, 'Diary')}:read,write:home`],
  });
  expect(await text('read_text_file', { path: join(desk.folder, 'open.txt') })).toBe('open');
  const diary = join(desk.folder, 'Diary');
  for (const [name, args] of [
    ['read_text_file', { path: join(diary, 'today.txt') }],
    ['read_media_file', { path: join(diary, 'today.txt') }],
    ['edit_file', { path: join(diary, 'today.txt'), edits: [{ oldText: 'c', newText: 'd' }], dryRun: true }],
    ['list_directory', { path: diary }],
    ['directory_tree', { path: diary }],
    ['get_file_info', { path: join(diary, 'today.txt') }],
    ['read_text_file', { path: join(desk.folder, 'second-name.txt') }],
  ] as const)
    expect(await refusal(name, args), name).toMatch(/never leaves Headgate/);
  expect(await text('directory_tree', { path: desk.folder })).not.toContain('today');
  expect(await text('search_files', { path: desk.folder, pattern: '**/today*' })).toBe('No matches found');
  expect(await text('read_multiple_files', { paths: [join(desk.folder, 'open.txt'), join(diary, 'today.txt')] })).not.toContain('canary');
});

test('what the person labelled home for Headgate stays home, whatever the configuration of a client says', async () => {
  await using desk = openDesk();
  desk.write('private/a.txt', 'canary');
  const { headgate } = commandLine(desk.home);
  expect(headgate('grant', `${join(desk.folder, 'private')}:read:home`).status).toBe(0);
  const { refusal } = await desk.serve();
  expect(await refusal('read_text_file', { path: 'private/a.txt' })).toMatch(/never leaves/);
  headgate('stop');
});

test('what the person left out for Headgate is not there for a client either, and names that they hide are not listed', async () => {
  await using desk = openDesk();
  desk.write('plain.txt', 'plain');
  desk.write('x.key', 'canary');
  desk.write('Clients/a.txt', 'canary');
  desk.write('letters/to ada.txt', 'dear');
  const grants = createGrantsFile(desk.home);
  grants.add({ folder: desk.folder, label: 'open', exclude: ['*.key', 'Clients'] });
  grants.add({ folder: join(desk.folder, 'letters'), label: 'open', names: 'hidden' });
  const { refusal, text } = await desk.serve();
  const answer = async (name: string, path: string) => (await refusal(name, { path })).replaceAll(path, 'PATH');
  for (const name of ['read_text_file', 'read_media_file', 'get_file_info'])
    expect(await answer(name, 'x.key'), name).toBe(await answer(name, 'none.key'));
  expect(await answer('list_directory', 'Clients')).toBe(await answer('list_directory', 'Nobody'));
  for (const name of ['list_directory', 'directory_tree', 'list_directory_with_sizes'])
    expect(await text(name, { path: desk.folder }), name).not.toMatch(/x\.key|Clients|ada/);
  expect(await text('search_files', { path: desk.folder, pattern: '**/*' })).not.toMatch(/x\.key|Clients|ada/);
  expect(await refusal('list_directory', { path: 'letters' })).toMatch(/the person hides/);
  expect(await refusal('write_file', { path: 'new.key', content: 'planted' })).toMatch(/leaves this name out/);
  expect(await refusal('move_file', { source: 'x.key', destination: 'open.txt' })).toBeTruthy();
  expect(readFileSync(join(desk.folder, 'x.key'), 'utf8')).toBe('canary');
});

test('a client moves nothing to where more may leave, and no folder away from what its grant says', async () => {
  await using desk = openDesk();
  desk.write('work/private/x.txt', 'canary');
  desk.write('letters/to ada.txt', 'dear');
  const grants = createGrantsFile(desk.home);
  grants.add({ folder: join(desk.folder, 'work/private'), label: 'home' });
  grants.add({ folder: join(desk.folder, 'letters'), label: 'open', names: 'hidden' });
  const { refusal } = await desk.serve();
  for (const source of ['work/private/x.txt', 'work/private', 'work', 'letters/to ada.txt', 'letters'])
    expect(await refusal('move_file', { source, destination: 'moved' }), source).toMatch(/labelled home|granted by itself|hides names/);
  expect(existsSync(join(desk.folder, 'moved'))).toBe(false);
});

test('a folder labelled ask is read once the person has said yes, to exactly that', async () => {
  await using desk = openDesk();
  desk.write('letter.txt', 'dear');
  desk.write('other.txt', 'other');
  const { text, refusal } = await desk.serve({ rights: '', name: 'claude-test' });
  expect(await text('list_directory', { path: desk.folder })).toContain('[FILE] letter.txt');
  const reading = text('read_text_file', { path: 'letter.txt' });
  const { headgate } = commandLine(desk.home);
  {
    using terminal = await connectTerminal({ home: desk.home });
    const [question] = await until('the question', async () => {
      const { approvals } = await terminal.call('approvals.list', {});
      return approvals.length > 0 ? approvals : null;
    });
    expect(question).toMatchObject({
      title: 'Give “letter.txt” to “claude-test”, a program on this device',
      destination: 'client',
      model: 'claude-test',
      bytes: 4,
    });
    expect(question?.items).toEqual([join(desk.folder, 'letter.txt')]);
    expect(await terminal.call('approvals.show', { approval: question?.id ?? ('' as never) })).toEqual({
      parts: [{ says: `${join(desk.folder, 'letter.txt')}, 4 bytes` }],
      more: 0,
      lines: [{ part: 0, sign: ' ', excerpt: 'dear' }],
      cut: 0,
    });
    expect(headgate('approvals', question?.id ?? '').stdout).toContain('dear');
    await terminal.call('approvals.answer', { approval: question?.id ?? ('' as never), answer: 'once' });
    expect(await reading).toBe('dear');

    const refused = refusal('read_text_file', { path: 'other.txt' });
    const [second] = await until('the question', async () => {
      const { approvals } = await terminal.call('approvals.list', {});
      return approvals.length > 0 ? approvals : null;
    });
    await terminal.call('approvals.answer', { approval: second?.id ?? ('' as never), answer: 'no' });
    expect(await refused).toBe('The person said no to this.');

    const withdrawn = refusal('read_text_file', { path: 'other.txt' });
    await until('the question', async () => {
      const { approvals } = await terminal.call('approvals.list', {});
      return approvals.length > 0 ? approvals : null;
    });
    const { grant } = await terminal.call('grants.add', { folder: desk.folder, label: 'home' });
    expect(await withdrawn).toMatch(/changed what is allowed while they were asked/);
    expect((await terminal.call('approvals.list', {})).approvals).toEqual([]);
    await terminal.call('grants.revoke', { grant: grant.id });
  }
  expect(await refusal('write_file', { path: 'letter.txt', content: 'x' })).toMatch(/not granted to write/);
  headgate('stop');
});

test('a question’s text is never on the agent’s disk, counts for the screen, and a yes to it is none to what the file has become', async () => {
  await using desk = openDesk();
  const CANARY = 'Zymurgyquill';
  const file = desk.write('letter.txt', `dear ${CANARY}\n${'a line of a long letter\n'.repeat(200)}`);
  const { text, refusal } = await desk.serve({ rights: '', name: 'claude-test' });
  using terminal = await connectTerminal({ home: desk.home });
  const question = () => until('the question', async () => (await terminal.call('approvals.list', {})).approvals[0] ?? null);
  const reading = refusal('read_text_file', { path: 'letter.txt', head: 1 });
  const first = await question();
  const shown = await terminal.call('approvals.show', { approval: first.id });
  expect(shown.lines.map(({ excerpt }) => excerpt)).toEqual([`dear ${CANARY}`]);
  expect(holds(desk.home, CANARY)).toEqual([]);
  const { receipts } = await terminal.call('ledger.list', { limit: 10 });
  expect(receipts).toMatchObject([{ destination: 'screen', run: first.run, bytes: CANARY.length + 5 }]);

  writeFileSync(file, 'other words\n');
  await terminal.call('approvals.answer', { approval: first.id, answer: 'once' });
  expect(await reading).toBe(
    'The file has changed since the person was asked, so their yes does not count for it. Make this call again to ask anew.',
  );
  expect(holds(desk.home, CANARY)).toEqual([]);

  const again = text('read_text_file', { path: 'letter.txt', head: 1 });
  const second = await question();
  expect(second.id).not.toBe(first.id);
  const changed = await terminal.call('approvals.show', { approval: second.id });
  expect(changed.lines.map(({ excerpt }) => excerpt)).toEqual(['other words']);
  await terminal.call('approvals.answer', { approval: second.id, answer: 'once' });
  expect(await again).toBe('other words');
  // What the client got is kept in its own ledger's folder, and nowhere else.
  const kept = holds(desk.home, 'other words');
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.filter((path) => !path.startsWith('mcp'))).toEqual([]);
  await terminal.call('host.stop', {});
  await terminal.closed;
});

test('of a long text so much is shown as a screen may have of the file in a day, and the rest is counted', async () => {
  await using desk = openDesk();
  desk.write('letter.txt', Array.from({ length: 100 }, (_, line) => `line ${line} of a letter`).join('\n'));
  const { text } = await desk.serve({ rights: '' });
  using terminal = await connectTerminal({ home: desk.home });
  const reading = text('read_text_file', { path: 'letter.txt' }).catch((error: Error) => error.message);
  const { id } = await until('the question', async () => (await terminal.call('approvals.list', {})).approvals[0] ?? null);
  const { lines, cut } = await terminal.call('approvals.show', { approval: id });
  expect(lines.at(0)?.excerpt).toBe('line 0 of a letter');
  expect(lines.at(-1)?.excerpt).toMatch(/today’s limit/);
  expect(lines.length + cut).toBe(100);
  expect(lines.length).toBeLessThan(70);
  await terminal.call('approvals.answer', { approval: id, answer: 'no' });
  expect(await reading).toBe('The person said no to this.');
  await terminal.call('host.stop', {});
  await terminal.closed;
});

test('bytes that nobody can read are said to be so, and no yes beforehand covers them', async () => {
  await using desk = openDesk();
  desk.write('letter.txt', 'dear');
  desk.write('photo.png', Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(186, 7)]));
  const { text } = await desk.serve({ rights: '' });
  using terminal = await connectTerminal({ home: desk.home });
  const question = () => until('the question', async () => (await terminal.call('approvals.list', {})).approvals[0] ?? null);
  const letter = text('read_text_file', { path: 'letter.txt' });
  await terminal.call('approvals.answer', { approval: (await question()).id, answer: 'run' });
  expect(await letter).toBe('dear');
  expect(await text('read_media_file', { path: 'letter.txt' })).toContain(Buffer.from('dear').toString('base64'));
  const photo = text('read_media_file', { path: 'photo.png' });
  const asked = await question();
  expect(asked.uninspectable).toBe('“photo.png” is no text (202 bytes)');
  await expect(terminal.call('approvals.answer', { approval: asked.id, answer: 'run' })).rejects.toMatchObject({ code: 'forbidden' });
  await terminal.call('approvals.answer', { approval: asked.id, answer: 'once' });
  expect(await photo).toContain('image/png');
  await terminal.call('host.stop', {});
  await terminal.closed;
});

test('a client that leaves while the person is asked takes its server and its question with it', async () => {
  await using desk = openDesk();
  desk.write('letter.txt', 'dear');
  const { client, pid, text } = await desk.serve({ rights: '' });
  const reading = text('read_text_file', { path: 'letter.txt' }).catch((error: Error) => error.message);
  using terminal = await connectTerminal({ home: desk.home });
  const open = async () => (await terminal.call('approvals.list', {})).approvals.length;
  await until('the question', async () => ((await open()) === 1 ? true : null));
  await client.close();
  expect(await reading).toMatch(/closed/i);
  await until('the end of the server', async () => (isAlive(pid) ? null : true));
  await until('the end of the question', async () => ((await open()) === 0 ? true : null));
  await terminal.call('host.stop', {});
  await terminal.closed;
});

test('roots narrow the grants and never widen them', async () => {
  await using desk = openDesk();
  desk.write('in/a.txt', 'a');
  desk.write('out/b.txt', 'b');
  const narrowed = await desk.serve({ roots: [join(desk.folder, 'in'), '/etc'] });
  expect(await narrowed.text('list_allowed_directories')).toBe(`Allowed directories:\n${join(desk.folder, 'in')}`);
  expect(await narrowed.text('read_text_file', { path: join(desk.folder, 'in', 'a.txt') })).toBe('a');
  expect(await narrowed.text('read_text_file', { path: 'a.txt' })).toBe('a');
  expect(await narrowed.refusal('read_text_file', { path: join(desk.folder, 'out', 'b.txt') })).toMatch(/outside allowed/);
  expect(await narrowed.refusal('read_text_file', { path: '/etc/hostname' })).toMatch(/outside allowed/);
  const above = await desk.serve({ roots: ['/'] });
  expect(await above.text('list_allowed_directories')).toBe(`Allowed directories:\n${desk.folder}`);
  expect(await above.refusal('read_text_file', { path: '/etc/hostname' })).toMatch(/outside allowed/);
});

test('changes are listed and taken back one by one, also by a server that was started again', async () => {
  await using desk = openDesk();
  desk.write('a.txt', 'first\n');
  const one = await desk.serve();
  await one.text('write_file', { path: 'a.txt', content: 'second\n' });
  await one.text('edit_file', { path: 'a.txt', edits: [{ oldText: 'second', newText: 'third' }] });
  await one.text('write_file', { path: 'new.txt', content: 'new' });
  await one.text('create_directory', { path: 'x/y' });
  await one.text('move_file', { source: 'new.txt', destination: 'x/y/moved.txt' });
  expect((await one.text('list_changes')).split('\n').map((line) => line.slice(25))).toEqual([
    `move ${join(desk.folder, 'new.txt')} -> ${join(desk.folder, 'x/y/moved.txt')}`,
    `mkdir ${join(desk.folder, 'x/y')}`,
    `mkdir ${join(desk.folder, 'x')}`,
    `write ${join(desk.folder, 'new.txt')}`,
    `write ${join(desk.folder, 'a.txt')}`,
    `write ${join(desk.folder, 'a.txt')}`,
  ]);
  expect(await one.text('undo_last')).toMatch(/^Undone: move/);
  expect(readFileSync(join(desk.folder, 'new.txt'), 'utf8')).toBe('new');
  await one.client.close();

  const again = await desk.serve();
  await again.text('undo_last');
  expect(existsSync(join(desk.folder, 'x'))).toBe(false);
  await again.text('undo_last');
  expect(existsSync(join(desk.folder, 'new.txt'))).toBe(false);
  await again.text('undo_last');
  expect(readFileSync(join(desk.folder, 'a.txt'), 'utf8')).toBe('second\n');
  await again.text('undo_last');
  expect(readFileSync(join(desk.folder, 'a.txt'), 'utf8')).toBe('first\n');
  expect(await again.text('undo_last')).toBe('There is nothing to undo.');
  expect(readdirSync(desk.folder)).toEqual(['a.txt']);
});

test('undo leaves what the person has written since, and the next undo goes further back', async () => {
  await using desk = openDesk();
  const { text } = await desk.serve();
  await text('write_file', { path: 'a.txt', content: 'ours' });
  await text('write_file', { path: 'b.txt', content: 'ours' });
  writeFileSync(join(desk.folder, 'b.txt'), 'the person’s own words');
  expect(await text('undo_last')).toMatch(/your version stays/);
  await text('undo_last');
  expect(readdirSync(desk.folder)).toEqual(['b.txt']);
  expect(readFileSync(join(desk.folder, 'b.txt'), 'utf8')).toBe('the person’s own words');
});

test('a client’s undo brings nothing out of a folder from which less may leave', async () => {
  await using desk = openDesk();
  desk.write('box/a.txt', 'plain');
  desk.write('private/diary.txt', 'canary');
  const { text, refusal } = await desk.serve({
    grants: [`${desk.folder}:read,write:open`, `${join(desk.folder, 'private')}:read,write:home`],
  });
  await text('create_directory', { path: 'more' });
  await text('move_file', { source: 'box', destination: 'private/box' });
  desk.write('private/box/since.txt', 'canary');
  expect(await text('undo_last')).toMatch(/It stays where it was moved to: What is labelled home does not go to a folder labelled open/);
  expect(await refusal('read_text_file', { path: 'private/box/since.txt' })).toBeTruthy();
  expect(readdirSync(join(desk.folder, 'private/box')).sort()).toEqual(['a.txt', 'since.txt']);
  expect(await text('undo_last')).toMatch(/^Undone: mkdir/);
});

test('calls at the same time all answer, and writes to one file come one after the other', async () => {
  await using desk = openDesk();
  for (let index = 0; index < 20; index += 1) desk.write(`file-${index}.txt`, `${index}`);
  const { text } = await desk.serve();
  const reads = Array.from({ length: 60 }, (_, index) => text('read_text_file', { path: `file-${index % 20}.txt` }));
  const writes = Array.from({ length: 20 }, (_, index) => text('write_file', { path: 'same.txt', content: `${index}` }));
  expect(await Promise.all(reads)).toEqual(Array.from({ length: 60 }, (_, index) => `${index % 20}`));
  await Promise.all(writes);
  expect(readFileSync(join(desk.folder, 'same.txt'), 'utf8')).toBe('19');
  expect(readdirSync(desk.folder).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('every release has its receipt, in one chain that shows what was changed in it', async () => {
  await using desk = openDesk();
  desk.write('a.txt', 'a canary at the weir');
  const { text } = await desk.serve({ name: 'some-client' });
  await text('read_text_file', { path: 'a.txt' });
  await text('read_text_file', { path: 'a.txt' });
  const listed = await text('list_directory', { path: desk.folder });
  const receipts = listMcpReceipts(desk.home, 10);
  expect(
    receipts
      .map(({ purpose, destination, model, bytes, approvedBy }) => ({ purpose, destination, model, bytes, approvedBy }))
      .toSorted((a, b) => (a.purpose < b.purpose ? 1 : -1)),
  ).toEqual([
    { purpose: 'mcp read_text_file', destination: 'client', model: 'some-client', bytes: 20, approvedBy: 'label' },
    { purpose: 'mcp read_text_file', destination: 'client', model: 'some-client', bytes: 20, approvedBy: 'label' },
    { purpose: 'mcp list_directory', destination: 'client', model: 'some-client', bytes: Buffer.byteLength(listed), approvedBy: 'label' },
  ]);
  expect(receipts.find(({ bytes }) => bytes === 20)?.files).toMatchObject([{ folder: desk.folder, path: 'a.txt', size: 20 }]);
  const { headgate } = commandLine(desk.home);
  expect(headgate('ledger').stdout).toContain('mcp read_text_file');
  // Each line of the ledger gives back what went, to the letter.
  for (const receipt of receipts) {
    const { texts } = JSON.parse(headgate('ledger', '--sent', receipt.id, '--json').stdout) as { texts: string[] };
    expect(texts).toEqual([receipt.bytes === 20 ? 'a canary at the weir' : listed]);
  }
  headgate('stop');
  const [ledger = ''] = ledgersOf(desk.home);
  expect(findBrokenMcpLine(ledger)).toBe(null);
  const lines = readFileSync(ledger, 'utf8');
  expect(lines).not.toContain('canary');
  writeFileSync(ledger, lines.replace('"bytes":20', '"bytes":10'));
  expect(findBrokenMcpLine(ledger)).toBe(2);
});

test('two servers with the same grants work side by side, each with changes of its own', async () => {
  await using desk = openDesk();
  const [one, other] = [await desk.serve(), await desk.serve()];
  await one.text('write_file', { path: 'one.txt', content: '1' });
  await other.text('write_file', { path: 'other.txt', content: '2' });
  await one.text('undo_last');
  expect(readdirSync(desk.folder)).toEqual(['other.txt']);
});

test('the process ends when its client leaves', async () => {
  await using desk = openDesk();
  const { client, pid } = await desk.serve();
  expect(isAlive(pid)).toBe(true);
  await client.close();
  await until('its end', () => !isAlive(pid));
});

test('what cannot be granted is said on stderr, and stdout stays empty', () => {
  const { headgate } = commandLine(join(realpathSync(tmpdir()), 'headgate-mcp-nothing'));
  expect(headgate('mcp')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('--grant DIR') as string });
  expect(headgate('mcp', '--grant', '/no/such/folder')).toMatchObject({
    status: 5,
    stdout: '',
    stderr: expect.stringContaining('There is no folder') as string,
  });
  expect(headgate('mcp', '--grant', '/etc')).toMatchObject({ status: 5, stdout: '' });
});

function commandLine(home: string) {
  const env = { PATH: process.env.PATH ?? '', HOME: home, HEADGATE_HOME: home };
  return {
    headgate(...args: string[]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [BUNDLES.host, ...args], {
        encoding: 'utf8',
        timeout: 15_000,
        env,
        input: '',
      });
      return { status, stdout, stderr };
    },
  };
}

test('what is no call of a tool is answered as JSON-RPC says, and a tool that is not there in the words of an answer', async () => {
  await using desk = openDesk();
  const { client, refusal, text } = await desk.serve();
  const ask = (method: string, params: Record<string, unknown>) => client.request({ method, params }, z.unknown());
  await expect(ask('tools/call', {})).rejects.toMatchObject({ code: -32602, message: expect.stringContaining('name') });
  await expect(ask('tools/call', { name: 7 })).rejects.toMatchObject({ code: -32602 });
  for (const method of ['tools/everything', 'resources/list', 'constructor'])
    await expect(ask(method, {})).rejects.toMatchObject({ code: -32601 });
  expect(await refusal('read_everything')).toBe('There is no tool read_everything.');
  expect(await refusal('list_directory', { path: 7 })).toMatch(/Invalid arguments for tool list_directory/);
  expect(await text('list_directory', { path: desk.folder })).toBe('');
});

/** The files under a folder, relative to it, in which these words stand. */
function holds(folder: string, words: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(words))
    .map((file) => file.slice(folder.length + 1));
}
