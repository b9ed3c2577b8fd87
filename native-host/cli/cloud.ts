// `headgate cloud`: starts the control plane by spawning its bundle, in a process of its own that ends with this one.
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { HeadgateError } from '../../shared/errors.ts';
import { CLOUD_ENVIRONMENT, programFiles } from '../install/program-files.ts';
import { startDetached } from '../spawn.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export async function run({ flags, out }: CallOf<'cloud'>): Promise<Exit> {
  const { node, cloud } = programFiles();
  if (!existsSync(cloud))
    throw new HeadgateError('unavailable', `The cloud's program ${cloud} is not there.`, { next: 'In a checkout: npm run build' });
  // The pipe on stdin is how the cloud learns that this process is gone.
  const child = startDetached(node, [cloud, '--with-parent', ...(out.json ? [] : ['--human']), ...(flags.code ? ['--code'] : [])], {
    stdio: ['pipe', 'inherit', 'inherit'],
    cwd: process.cwd(),
    env: CLOUD_ENVIRONMENT,
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new HeadgateError('unavailable', `${node} cannot be started.`, { cause })));
    child.once('exit', (code, signal) => {
      for (const name of SIGNALS) process.off(name, forward);
      const ended = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      // Ended by the person's own Ctrl-C counts as ended well.
      resolve(ended === 0 || signal === 'SIGINT' ? EXIT.ok : ended === EXIT.usage ? EXIT.usage : EXIT.failed);
    });
  });
}
