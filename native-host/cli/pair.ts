// `headgate pair`: binds this device to a person at a cloud by a one-time code. Asks for what is missing where it can.
import { HeadgateError } from '../../shared/errors.ts';
import { OneTimeCode } from '../../shared/protocol/api.ts';
import { UsageError } from './arguments.ts';
import { askPerson, canAsk } from './ask-person.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { connectTerminal } from './terminal.ts';

const OWN_CLOUD = 'http://127.0.0.1:7420';
const PAIR_DEADLINE_MS = 30_000;

export async function run({ words, flags, home, out }: CallOf<'pair'>): Promise<Exit> {
  const codes = words.filter((word) => !isAddress(word));
  if (codes.length > 1) throw new UsageError(`"${codes[0]}" is not an address: one starts with http:// or https://.`);
  const named = { cloud: flags.cloud ?? words.find(isAddress), code: flags.code ?? codes[0] };
  using terminal = await connectTerminal({ home });
  if (flags.end) {
    const status = await terminal.call('pair.end', {});
    out.document({ status });
    out.line(`${out.paint('green', '✓')} This device is no longer paired.`);
    return EXIT.ok;
  }
  const { cloud: before } = terminal.status;
  if (before.state !== 'unpaired' && named.code === undefined) {
    throw new HeadgateError('conflict', `This device is paired with ${before.url}.`, {
      next: '"headgate pair --end" ends that; naming a code pairs anew.',
    });
  }
  const cloud = named.cloud ?? (canAsk() ? (await askPerson(`Cloud [${OWN_CLOUD}]: `)) || OWN_CLOUD : OWN_CLOUD);
  const code = named.code ?? (canAsk() ? await askPerson('Code that the cloud shows: ') : '');
  if (code === '') throw new UsageError('Say the code that the cloud shows when it starts (headgate cloud): --code ABCD-1234.');
  if (!OneTimeCode.safeParse(code).success)
    throw new UsageError(`"${code}" is no such code: one looks like ABCD-1234, as the cloud shows it.`);
  const status = await terminal.call('pair.start', { cloud, code }, PAIR_DEADLINE_MS);
  out.document({ status });
  out.line(`${out.paint('green', '✓')} ${status.device.name} is paired with ${status.cloud.url}.`);
  return EXIT.ok;
}

function isAddress(word: string): boolean {
  return /^https?:\/\//i.test(word);
}
