// `WSS /v1/stream`: a signed-in person watches their runs and devices. The first message authenticates within 5 s; after it
// the cloud only tells. Closes with 4401 when the token expires unless renewed, with 4403 when the sign-in is ended.
import type { WebSocket } from 'ws';
import type * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import type { PersonId } from '../../shared/ids.ts';
import { CLOSE, HELLO_DEADLINE_MS } from '../../shared/protocol/agent.ts';
import type { ParamsOf } from '../../shared/protocol/rpc.ts';
import { STREAM_METHODS, type STREAM_NOTIFICATIONS } from '../../shared/protocol/stream.ts';
import { chooseProtocol } from '../../shared/protocol/version.ts';
import { type Carrier, openRpcSocket, type RpcSocket } from '../agents/rpc-socket.ts';
import type { AccessClaims } from '../auth/tokens.ts';
import type { Log } from '../log.ts';

type Notifications = { [Name in keyof typeof STREAM_NOTIFICATIONS]: z.input<(typeof STREAM_NOTIFICATIONS)[Name]> };

export interface Streams {
  open(socket: WebSocket, carrier: Carrier): void;
  /** `params` are made only when somebody watches. */
  tell<Name extends keyof Notifications>(person: PersonId, name: Name, params: () => Notifications[Name]): void;
  revoke(families: readonly string[]): void;
  closeAll(code: number): void;
}

export interface StreamServices {
  log: Log;
  now(): number;
  /** Throws `unauthenticated`, `token_expired`, `revoked`. */
  readPerson(token: string): Promise<AccessClaims>;
}

interface Watcher extends AccessClaims {
  rpc: RpcSocket;
}

export function createStreams({ log, now, readPerson }: StreamServices): Streams {
  const watchers = new Set<Watcher>();

  const open = (socket: WebSocket, carrier: Carrier): void => {
    let watcher: Watcher | null = null;
    let expiry: NodeJS.Timeout | undefined;
    const admit = async (token: string): Promise<{ expiresAt: number }> => {
      const claims = await readPerson(token);
      if (watcher !== null && watcher.person !== claims.person)
        throw new HeadgateError('unauthenticated', 'This is the token of another person.');
      if (!rpc.isOpen()) throw new HeadgateError('timeout', 'The hello came too late.');
      clearTimeout(deadline);
      clearTimeout(expiry);
      expiry = setTimeout(() => rpc.close(CLOSE.unauthenticated, 'the token has expired'), Math.max(0, claims.expiresAt - now()));
      if (watcher !== null) watchers.delete(watcher);
      watcher = { ...claims, rpc };
      watchers.add(watcher);
      return { expiresAt: claims.expiresAt };
    };
    const rpc: RpcSocket = openRpcSocket({
      socket,
      carrier,
      methods: STREAM_METHODS,
      log,
      isKnown: () => watcher !== null,
      onMessage: () => undefined,
      handle: async (method, params) => {
        try {
          if (method === 'stream.renew') {
            if (watcher === null) throw new HeadgateError('unauthenticated', 'The first message must be stream.hello.');
            return await admit((params as ParamsOf<typeof STREAM_METHODS, 'stream.renew'>).token);
          }
          const hello = params as ParamsOf<typeof STREAM_METHODS, 'stream.hello'>;
          const protocol = chooseProtocol(hello.protocol);
          if (protocol === null)
            throw new HeadgateError('version_mismatch', 'This cloud and this client have no protocol version in common.', {
              next: 'Update the older of the two.',
            });
          return { protocol, ...(await admit(hello.token)) };
        } catch (error) {
          const code = error instanceof HeadgateError ? error.code : 'internal';
          if (watcher === null)
            setImmediate(() => rpc.close(code === 'version_mismatch' ? CLOSE.versionMismatch : CLOSE.unauthenticated, code));
          throw error;
        }
      },
    });
    const deadline = setTimeout(() => rpc.close(CLOSE.helloTimeout, 'no hello in time'), HELLO_DEADLINE_MS);
    socket.on('close', () => {
      clearTimeout(deadline);
      clearTimeout(expiry);
      if (watcher !== null) watchers.delete(watcher);
    });
  };

  return {
    open,
    tell(person, name, params) {
      const watching = [...watchers].filter((watcher) => watcher.person === person);
      if (watching.length === 0) return;
      const told = params();
      for (const watcher of watching) watcher.rpc.notify(name, told);
    },
    revoke(families) {
      for (const watcher of watchers) if (families.includes(watcher.family)) watcher.rpc.close(CLOSE.revoked, 'the sign-in was ended');
    },
    closeAll(code) {
      for (const watcher of watchers) watcher.rpc.close(code, 'the cloud is stopping');
    },
  };
}
