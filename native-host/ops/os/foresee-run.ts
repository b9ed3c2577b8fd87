// What running a command would do, as far as anybody can say: its whole command line, and what it could reach.
import { createHash } from 'node:crypto';
import { escapeForDisplay } from '../../../shared/gate/names.ts';
import { lookAtCommand } from '../../commands/look.ts';
import { sayIsolation } from '../../commands/prepare.ts';
import { NO_CHANGE } from '../../gate/changes.ts';
import type { Foresee } from '../op.ts';

const MAX_SHOWN = 560;

export const foreseeRun: Foresee<'os.run'> = async (args, context) => {
  using looked = await lookAtCommand(args, context);
  const { command, isolation, given, program, needsYes } = looked;
  const line = [program.path, ...given.words(false)]
    .map((word) => (/[\s'"\\]/.test(word) || word === '' ? JSON.stringify(word) : word))
    .join(' ');
  const shown = escapeForDisplay(line);
  const reach = sayIsolation(command, isolation);
  // Without a right to write and without a network there is nothing to it but what it says, which stays here.
  const harmless = isolation.kind === 'bubblewrap' && command.network === 'none' && !command.write;
  const cut = shown.length > MAX_SHOWN;
  const uninspectable = needsYes ?? (harmless && !cut ? undefined : `What this program does is its own affair; it runs ${reach}.`);
  const parts = [
    {
      says: `Run ${cut ? `${shown.slice(0, MAX_SHOWN)}…` : shown}`,
      ...(uninspectable !== undefined && { uninspectable: uninspectable.slice(0, 300) }),
    },
    { says: `It runs ${reach}` },
  ];
  return {
    title: `Run “${escapeForDisplay(command.name)}”?`,
    beyondPlan: needsYes !== null,
    bytes: 0,
    parts,
    // Its grant, its isolation and its whole line, so that a yes counts for no other.
    content: [
      createHash('sha256')
        .update(JSON.stringify([command, isolation.kind, line]))
        .digest('hex'),
    ],
    targets: given.inputs.map(({ file }) => {
      const { dev, ino, size, mtimeMs, ctimeMs } = file.facts;
      return { grant: file.grant.id, path: file.path, is: { dev, ino, size, mtimeMs, ctimeMs } };
    }),
    show: () => ({ ...NO_CHANGE, parts }),
  };
};
