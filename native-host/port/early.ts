// What the agent answers from its first moment on, while the rest of it is still being loaded: who it is and how it is.
import type * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import { ClientHello } from '../../shared/protocol/hello.ts';
import type { HostStatus } from '../../shared/protocol/native.ts';
import { chooseProtocol } from '../../shared/protocol/version.ts';
import { EXTENSION_ID, GECKO_ID, originOf } from '../install/manifest.ts';
import type { Client } from './server.ts';
import { statusOf, type StatusSources } from './status.ts';

/** Answers `host.hello` and `host.status`; `null` for every other method, and for a hello that is not one. */
export function answerEarly(client: Client, method: string, params: unknown, sources: StatusSources): unknown {
  if (method === 'host.status' && client.greeted) return statusOf(sources);
  const hello = method === 'host.hello' ? ClientHello.safeParse(params) : null;
  return hello?.success === true ? greet(hello.data, client, sources) : null;
}

/** Who a browser may let in, as it names them to the relay; the browser's own manifest says the same. */
const OWN_ORIGINS: readonly string[] = [originOf(EXTENSION_ID), GECKO_ID];

/** Agrees on a protocol version. Throws `origin_refused` for another extension and `version_mismatch` when there is none in common. */
export function greet(
  { protocol: theirs }: z.infer<typeof ClientHello>,
  client: Client,
  sources: StatusSources,
): { protocol: number; status: HostStatus } {
  if (client.from === 'relay' && !OWN_ORIGINS.includes(client.origin)) {
    throw new HeadgateError('origin_refused', 'This host serves the Headgate extension only.', { next: 'Run "headgate install".' });
  }
  const protocol = chooseProtocol(theirs);
  if (protocol === null) {
    throw new HeadgateError('version_mismatch', `This host does not speak protocol ${theirs.min}–${theirs.max}.`, {
      next: 'Update the older of the two: the extension, or Headgate on this device.',
    });
  }
  client.greeted = true;
  return { protocol, status: statusOf(sources) };
}
