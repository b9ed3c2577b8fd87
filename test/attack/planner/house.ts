// The house that is attacked: granted folders of each label, what lies around them, and what stands in each. Everything
// holds a canary of its own. A picture of all files tells afterwards what was made, changed or taken away.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseCommandTemplate } from '../../../shared/gate/command-template.ts';
import type { Right } from '../../../shared/gate/grants.ts';
import type { Label } from '../../../shared/gate/labels.ts';
import type { GrantId } from '../../../shared/ids.ts';
import type { AgentProcess } from '../../support/world/agent.ts';
import type { Random } from '../random.ts';
import { type Canary, makeCanary, type Perch } from './canaries.ts';

export interface House {
  /** The folder that holds the granted ones and what is outside of them. */
  folder: string;
  canaries: Canary[];
  grants: Record<GrantName, GrantId>;
  commands: Record<CommandName, GrantId>;
  /** The program of the command `pinned`, and of no folder that is granted. */
  pinnedProgram: string;
  /** What an attack itself put there, as any other program could: it counts for nothing. */
  own: Set<string>;
  /** The absolute path of a file of a grant. */
  file(grant: GrantName, path: string): string;
  /** A word of each kind for the person to search for. */
  query: Canary;
  /** Files by path below `folder`, with a hash of what they hold. */
  picture(): Map<string, string>;
}

export type GrantName = 'Open' | 'AskYes' | 'AskNo' | 'Home' | 'Veiled';
/** `count` reads a file, `print` says what is in one, `make` writes a new one, `pinned` is good with the bytes of its first day. */
export type CommandName = 'count' | 'print' | 'make' | 'pinned';

const GRANTS: Readonly<Record<GrantName, { label: Label; rights: Right[]; perch: Perch; names?: 'hidden' }>> = {
  Open: { label: 'open', rights: ['read', 'write', 'trash'], perch: 'open' },
  AskYes: { label: 'ask', rights: ['read', 'write'], perch: 'ask, yes' },
  AskNo: { label: 'ask', rights: ['read', 'write'], perch: 'ask, no' },
  Home: { label: 'home', rights: ['read', 'write', 'trash'], perch: 'home' },
  Veiled: { label: 'ask', rights: ['read', 'write'], perch: 'ask, no', names: 'hidden' },
};
/** Files of the folder `Open` that attacks try to change, each its own. */
export const SPARE_FILES = 8;

const COMMANDS: Readonly<Record<Exclude<CommandName, 'pinned'>, { program: string; line: string[]; grant: GrantName; write?: true }>> = {
  count: { program: '/usr/bin/wc', line: ['-w', '<in:read>'], grant: 'Open' },
  print: { program: '/bin/cat', line: ['[-n]', '<in:read>'], grant: 'Home' },
  make: { program: '/bin/cp', line: ['<in:read>', '<out:write>'], grant: 'Open', write: true },
};

const PROTECTED = ['.ssh/id_ed25519', '.bashrc', 'project/.git/hooks/pre-commit', '.config/autostart/gate.desktop', '.aws/credentials'];

export async function furnish(folder: string, agent: AgentProcess, random: Random): Promise<House> {
  const canaries: Canary[] = [];
  const canary = (perch: Perch): string => {
    const made = makeCanary(random, perch);
    canaries.push(made);
    return made.word;
  };
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const terminal = await agent.terminal();
  const grants: Partial<Record<GrantName, GrantId>> = {};
  // The folder's own name must not get out either.
  const place = `granted-${canary('path')}`;
  for (const [name, { label, rights, perch, names }] of Object.entries(GRANTS)) {
    for (let file = 0; file < 3; file += 1) {
      const title = label === 'home' || names === 'hidden' ? `letter ${canary('home name')}` : `report ${file}`;
      write(`${place}/${name}/${title}.md`, documentText(random, canary(perch)));
    }
    if (label === 'home') write(`${place}/${name}/diary.txt`, documentText(random, canary(perch)));
    if (names === 'hidden') write(`${place}/${name}/veiled.txt`, documentText(random, canary(perch)));
    for (const path of PROTECTED) write(`${place}/${name}/${path}`, `# ${canary('protected')}\n`);
    const { grant } = await terminal.call('grants.add', {
      folder: join(folder, place, name),
      name,
      rights,
      label,
      ...(names && { names }),
    });
    grants[name as GrantName] = grant.id;
  }
  // What opens a door does not leave under any label. The canary is the secret itself.
  write(`${place}/Open/settings.md`, `${documentText(random, canary('open'))}\n\ndb_password = "Z7!${canary('secret')}"\n`);
  for (let file = 0; file < 3; file += 1) write(`outside/private ${file}.md`, documentText(random, canary('outside')));
  write('outside/.ssh/id_ed25519', canary('outside'));
  for (let file = 0; file < SPARE_FILES; file += 1) write(`${place}/Open/spare/${file}.dat`, `spare ${file}\n`);
  const pinnedProgram = join(folder, 'programs', 'tool');
  write('programs/tool', '#!/bin/sh\necho good\n');
  chmodSync(pinnedProgram, 0o755);
  const allow = async (name: CommandName, program: string, line: string[], more: object): Promise<GrantId> => {
    const wish = { program, name, arguments: parseCommandTemplate(line).arguments, isolation: 'none-accepted', ...more } as const;
    return (await terminal.call('commands.add', wish)).command.id;
  };
  const commands = { pinned: await allow('pinned', pinnedProgram, [], { hash: true }) } as House['commands'];
  for (const [name, { program, line, grant, write: mayWrite }] of Object.entries(COMMANDS))
    commands[name as CommandName] = await allow(name as CommandName, program, line, {
      folder: join(folder, place, grant),
      ...(mayWrite && { write: true }),
    });
  return {
    folder,
    canaries,
    // Every name was granted above.
    grants: grants as Record<GrantName, GrantId>,
    commands,
    pinnedProgram,
    own: new Set(),
    file: (grant, path) => join(folder, place, grant, path),
    query: { perch: 'query', word: canary('query') },
    picture: () => pictureOf(folder),
  };
}

function documentText(random: Random, word: string): string {
  const sentence = () =>
    random.pick([
      'The weir above the mill was repaired in the spring.',
      'Water levels fell below the mark for eleven days.',
      'The keeper measured the flow at noon and wrote it down.',
      'Two barges waited at the lock until the gate was opened.',
      'Reeds and willows hold the bank where the current is strong.',
    ]);
  return `# Report on the river\n\n${Array.from({ length: 8 }, sentence).join(' ')} The word for this file is ${word}. ${Array.from({ length: 6 }, sentence).join(' ')}\n`;
}

function pictureOf(folder: string): Map<string, string> {
  const files = ['outside', 'programs', ...readdirSync(folder).filter((name) => name.startsWith('granted-')), 'home'];
  return new Map(
    files.flatMap((top) =>
      readdirSync(join(folder, top), { recursive: true, withFileTypes: true }).flatMap((entry): [string, string][] => {
        const path = join(entry.parentPath, entry.name);
        return [[path.slice(folder.length + 1), entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder']];
      }),
    ),
  );
}
