// Names as weapons: protected names under every spelling that some file system takes for them, whether they are there or
// not; names that no system, or not every system, takes; and plain names that only look dangerous and must be taken to the
// letter. Every name goes through the real ops on a real folder.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { protectedReason } from '../../native-host/gate/protected.ts';
import type { HostOp } from '../../native-host/ops/op.ts';
import { at, change, treeOf, writeText } from '../native-host/support/changing.ts';
import { openDesk } from '../native-host/mcp/servers.ts';
import { type Granted, grantFolder } from '../native-host/support/granted.ts';
import { performOp } from '../native-host/support/perform-op.ts';
import { type Attack, collectFailures, type Member } from './member.ts';
import { refusalOf } from './refusal.ts';
import { PROTECTED_PATHS, respell, RESPELLINGS, reservedNames } from './names/variants.ts';

/** Of the protected paths, those that the short form spells in each way. */
const SHORT_PATHS = 12;
const CANARY = 'CANARY-of-a-protected-file';

export const member: Member = {
  name: 'names',
  says: 'protected names are denied under every spelling, refused names say why, and plain names are taken to the letter',
  async run(attack) {
    const failures = collectFailures();
    const figures = {
      ...(await protectedNames(attack, failures.add)),
      ...(await refusedNames(attack, failures.add)),
      ...(await literalNames(attack, failures.add)),
      ...(await shownNames(failures.add)),
    };
    return { figures, failures: failures.list };
  },
};

async function protectedNames({ random, full }: Attack, fail: (what: string) => void) {
  let spelled = 0;
  let calls = 0;
  const denied = async (granted: Granted, acts: Act[], shown: string, when: string) => {
    for (const [op, act] of acts) {
      calls += 1;
      const refusal = await refusalOf(act);
      if (!/protected/.test(refusal.message)) fail(`${op} of ${shown}, ${when}: ${refusal.code} “${refusal.message}”`);
    }
    if (readdirSync(granted.folder).includes('stolen.md')) fail(`${shown}, ${when}, was copied or moved away`);
  };
  for (let round = 0; round < (full ? 12 : 1); round += 1) {
    for (const [how, respeller] of Object.entries(RESPELLINGS)) {
      using granted = grantFolder({ rights: ['read', 'write', 'trash'] });
      granted.write('plain.md', 'plain');
      const paths = full ? PROTECTED_PATHS : random.shuffle(PROTECTED_PATHS).slice(0, SHORT_PATHS);
      const spellings = paths.flatMap((path) => {
        const spelling = respell(path, respeller, random);
        return spelling === null ? [] : [{ spelling, shown: `${JSON.stringify(spelling)} (${how} of ${path})` }];
      });
      spelled += spellings.length;
      for (const { spelling, shown } of spellings)
        if (protectedReason(`${granted.folder}/${spelling}`) === null) fail(`${shown} counts as a plain name`);
      // With the folders above them, so that only the name itself can be what is refused.
      for (const { spelling } of spellings) makeFolder(dirname(join(granted.folder, spelling)));
      const before = JSON.stringify(treeOf(granted.folder));
      for (const { spelling, shown } of spellings) await denied(granted, changesTo(granted, spelling), shown, 'absent');
      if (JSON.stringify(treeOf(granted.folder)) !== before) fail(`a name was made under ${how}`);
      for (const { spelling } of spellings) plant(join(granted.folder, spelling));
      for (const { spelling, shown } of spellings)
        await denied(granted, [...changesTo(granted, spelling), ...readsOf(granted, spelling)], shown, 'present');
      calls += await listsAndSearches(granted, fail);
    }
  }
  return { 'protected spellings': spelled, 'calls with protected names': calls };
}

type Act = [op: HostOp, act: () => Promise<unknown>];

/** Everything that would make, change or move what has this name. */
function changesTo(granted: Granted, path: string): Act[] {
  const here = at(granted, path);
  const plain = at(granted, 'plain.md');
  return [
    ['fs.write', () => writeText(granted, 'fs.write', path, 'planted')],
    ['fs.append', () => writeText(granted, 'fs.append', path, 'planted')],
    ['fs.mkdir', () => change(granted, 'fs.mkdir', { ...here, parents: true })],
    ['fs.copy', () => change(granted, 'fs.copy', { target: [plain], ...here })],
    ['fs.move', () => change(granted, 'fs.move', { moves: [{ from: plain, to: path }] })],
    ['fs.move', () => change(granted, 'fs.move', { moves: [{ from: here, to: 'stolen.md' }] })],
    ['fs.trash', () => change(granted, 'fs.trash', { target: [here] })],
  ];
}

function readsOf(granted: Granted, path: string): Act[] {
  const handle = granted.handleOf(path);
  const ops: HostOp[] = ['fs.read', 'fs.stat', 'doc.text', 'os.open', 'os.reveal'];
  return [
    ...ops.map((op): Act => [op, () => performOp(op, { target: [handle] }, granted.context)]),
    ['fs.copy', () => performOp('fs.copy', { target: [handle], grant: granted.grant.id, path: 'stolen.md' }, granted.context)],
  ];
}

function plant(file: string): void {
  makeFolder(dirname(file));
  ifFree(() => writeFileSync(file, CANARY));
}

function makeFolder(folder: string): void {
  ifFree(() => mkdirSync(folder, { recursive: true }));
}

/** Two spellings may want a folder and a file of one name: the second stays away. */
function ifFree(make: () => void): void {
  try {
    make();
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && ['EEXIST', 'ENOTDIR', 'EISDIR'].includes(String(thrown.code)))) throw thrown;
  }
}

/** No list, search or excerpt shows what is protected, though everything is there now. */
async function listsAndSearches(granted: Granted, fail: (what: string) => void): Promise<number> {
  const grants = [granted.grant.id];
  const looks: [HostOp, object][] = [
    ['fs.list', { grant: granted.grant.id, documents: false, max: 500 }],
    ['fs.search', { query: 'CANARY', grants }],
    ...['rc', 'config', 'id_', 'credentials', 'evil', 'profile'].map((query): [HostOp, object] => ['fs.find', { query, grants }]),
  ];
  for (const [op, args] of looks) {
    const { outputs } = await performOp(op, args, granted.context);
    const stored = outputs.map(({ handle }) => granted.context.handles.get(handle));
    const paths = stored.flatMap(({ file, text }) => (file === null ? hitPaths(text ?? '') : [file.path]));
    for (const path of paths) if (path !== 'plain.md') fail(`${op} shows ${JSON.stringify(path)}`);
    if (stored.some(({ text }) => text?.includes(CANARY))) fail(`${op} shows what a protected file holds`);
  }
  return looks.length;
}

function hitPaths(text: string): string[] {
  return (JSON.parse(text) as { hits: { path: string }[] }).hits.map(({ path }) => path);
}

/** What nobody takes, and what Windows keeps for itself, on every system: refused, and the words say why. */
async function refusedNames({ random }: Attack, fail: (what: string) => void) {
  const cases: [names: string[], says: RegExp][] = [
    [['a\0b', '\0', 'a/\0'], /NUL/],
    [['\ud800', 'a\udfffb', '\udc00\ud800.md'], /Unicode/],
    [['..', '../a', 'a/..', 'a/../b', './a', 'a/.', '.'], /“\.” or “\.\.”/],
    [['/etc/passwd', '//server/share', '/plain.md', '/new.md', '/'], /absolute|empty part/],
    [['a//b', 'a/'], /empty part/],
    [['x'.repeat(256), 'é'.repeat(128), '😀'.repeat(64)], /too long/],
    [[Array.from({ length: 70 }, () => 'd').join('/')], /too many folders/],
    [reservedNames(random), /Windows/],
  ];
  let calls = 0;
  using granted = grantFolder({ rights: ['read', 'write', 'trash'] });
  granted.write('plain.md', 'plain');
  for (const name of ['a', 'd']) mkdirSync(join(granted.folder, name));
  const before = JSON.stringify(treeOf(granted.folder));
  for (const [names, says] of cases) {
    for (const name of names) {
      for (const [op, act] of changesTo(granted, name)) {
        calls += 1;
        const refusal = await refusalOf(act);
        if (refusal.code !== 'path_refused' || !says.test(refusal.message))
          fail(`${op} of ${JSON.stringify(name.slice(0, 80))}: ${refusal.code} “${refusal.message}”`);
      }
    }
  }
  if (JSON.stringify(treeOf(granted.folder)) !== before) fail('a refused name was made');
  return { 'calls with refused names': calls };
}

const LITERAL = [
  '%2e%2e',
  '%2e',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '~',
  '~root',
  '$HOME',
  '\u0024{HOME}',
  '$(id)',
  '`id`',
  '*',
  '?',
  '[a-z]',
  '{a,b}',
  '!',
  ' leading',
  'two  spaces',
  '"quoted"',
  "it's",
  'back\\slash',
  'a;rm -rf .;',
  '-rf',
  '--pre=id',
  '-',
  '--',
  '...',
  '..a',
  'a..',
  '....',
  '&amp;',
  '<b>',
  '#',
  'a|b',
  'e\u0301.md',
  '\u00e9.md',
  '名前',
  '😀',
  'ﷺ',
  'Ω≈ç√',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'undefined',
  'null',
  'tab\there',
  'line\nbreak',
  'x'.repeat(255),
] as const;

/** Names that only look dangerous: nobody decodes, expands, globs or normalises them. */
async function literalNames({ random }: Attack, fail: (what: string) => void) {
  using granted = grantFolder({ rights: ['read', 'write', 'trash'] });
  granted.write('plain.md', 'plain');
  const names = random.shuffle([...new Set(LITERAL)]);
  for (const name of names) {
    const shown = JSON.stringify(name.slice(0, 80));
    await change(granted, 'fs.copy', { target: [at(granted, 'plain.md')], ...at(granted, name) }).catch((error: unknown) =>
      fail(`${shown} is not taken: ${String(error)}`),
    );
    if (!readdirSync(granted.folder).includes(name)) fail(`${shown} is not what stands on the disk`);
    else await writeText(granted, 'fs.append', name, '+').catch((error: unknown) => fail(`${shown} is not written: ${String(error)}`));
  }
  const made = readdirSync(granted.folder).filter((name) => name !== 'plain.md');
  if (made.length !== names.length) fail(`${names.length} names were asked for and ${made.length} made`);
  return { 'plain names taken to the letter': made.length };
}

/** Names that forge lines of a list, clear a terminal or turn what is read around. */
const FORGING = [
  'a\n[FILE] forged.txt',
  'b\r[DIR] forged',
  'c\u001b[2J',
  'd\u202egpj.exe',
  'e\u2028[FILE] forged.txt',
  'f\u2066x',
  'g\u0007',
] as const;

/** Every list of the MCP server shows each name on its own line, with nothing in it that acts. */
async function shownNames(fail: (what: string) => void) {
  await using desk = openDesk();
  for (const name of FORGING) desk.write(name, 'x');
  const served = await desk.serve();
  const lists: [tool: string, args: Record<string, unknown>][] = [
    ['list_directory', { path: '.' }],
    ['list_directory_with_sizes', { path: '.' }],
    ['directory_tree', { path: '.' }],
    ['search_files', { path: '.', pattern: '**/*' }],
  ];
  for (const [tool, args] of lists) {
    const text = await served.text(tool, args);
    if (/[\u0000-\u0009\u000b-\u001f\u202a-\u202e\u2028\u2029\u2066-\u2069]/.test(text)) fail(`${tool} shows a name as it is`);
    if (/^(?:\[FILE\]|\[DIR\]) forged/m.test(text)) fail(`${tool} shows a line that a name forged`);
    if (text.split('‹U+').length - 1 < FORGING.length) fail(`${tool} does not show what is in the names: ${text}`);
  }
  return { 'names that forge lines': FORGING.length };
}
