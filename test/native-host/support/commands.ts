// Commands allowed on a granted folder, with the real grants file, and short ways to run them.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NewCommand } from '../../../native-host/gate/command-grants.ts';
import { performOp } from '../../../native-host/ops/registry.ts';
import type { OpContext, OpResult } from '../../../native-host/ops/op.ts';
import type { CommandValues } from '../../../shared/gate/command-arguments.ts';
import { parseCommandTemplate } from '../../../shared/gate/command-template.ts';
import type { CommandGrant } from '../../../shared/gate/commands.ts';
import type { Source } from '../../../shared/ops/args.ts';
import { FactsContent } from '../../../native-host/ops/content.ts';
import type { Granted } from './granted.ts';

/** A program of the test's own: a script that the system's shell reads. */
export function writeProgram(granted: Granted, name: string, script: string): string {
  const folder = join(granted.base, 'programs');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

export function allow(granted: Granted, program: string, template: string[], more: Partial<NewCommand> = {}): CommandGrant {
  const { arguments: parsed, problems } = parseCommandTemplate(template);
  if (problems.length > 0) throw new Error(problems.join(' '));
  return granted.grants.addCommand({ program, arguments: parsed, folder: granted.folder, isolation: 'none-accepted', ...more });
}

export function start(
  granted: Granted,
  command: CommandGrant,
  values: CommandValues = {},
  more: { target?: Source[]; context?: Partial<OpContext> } = {},
): Promise<OpResult> {
  return performOp(
    { op: 'os.run', args: { grant: command.id, values, target: more.target ?? [] } },
    { ...granted.context, ...more.context },
  );
}

export interface Said {
  stdout: string;
  stderr: string;
  code: number;
  note: string;
}

export function saidOf(granted: Granted, result: OpResult): Said {
  const text = (index: number) => granted.context.handles.text(result.outputs[index]?.handle as never);
  const { facts } = FactsContent.parse(JSON.parse(text(2)));
  const ended = facts.find(({ label }) => label === 'Ended')?.value ?? '';
  return { stdout: text(0), stderr: text(1), code: Number(/exit code (\d+)/.exec(ended)?.[1]), note: result.note ?? '' };
}

/** Runs it to its end and gives what it said. */
export async function saying(granted: Granted, command: CommandGrant, values: CommandValues = {}): Promise<Said> {
  return saidOf(granted, await start(granted, command, values));
}
