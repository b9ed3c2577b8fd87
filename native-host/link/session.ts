// Who this device and its person are to the cloud: enrolment by a one-time code, device tokens by private_key_jwt, and the
// person's rotating refresh token, of which the extension only ever gets short tokens for reading.
import * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import type { DeviceId } from '../../shared/ids.ts';
import { EnrolDevice, PersonTokens } from '../../shared/protocol/api.ts';
import type { Store } from '../state/database.ts';
import { deviceName } from '../state/device-name.ts';
import { readFact, writeFact } from '../state/meta.ts';
import { postJson } from './api.ts';
import type { DeviceKeys } from './keys.ts';

export interface Pairing {
  cloud: string;
  device: DeviceId;
  person: string;
}

export interface ReadingToken {
  token: string;
  cloud: string;
  expiresAt: number;
}

export interface Session {
  pairing(): Pairing | null;
  /** Enrols this device with a one-time code. Throws `code_invalid`, `cloud_away`, and `invalid_params` for an address that is not safe. */
  pair(cloud: string, code: string): Promise<Pairing>;
  forget(): void;
  deviceToken(): Promise<{ token: string; expiresAt: number }>;
  /** A token with which what is the person's can be read from the cloud, and nothing changed there. */
  readingToken(): Promise<ReadingToken>;
}

const DeviceToken = z.object({ token: z.string(), expiresAt: z.int() });
/** A token with less life than this is renewed before it is handed out. */
const FRESH_MS = 60_000;

export function createSession(store: Store, keys: () => Promise<DeviceKeys>, now: () => number): Session {
  let reading: ReadingToken | null = null;
  let refreshing: Promise<ReadingToken> | null = null;

  const pairing = (): Pairing | null => {
    const fact = readFact(store, 'pairing');
    return fact === null ? null : { ...fact, device: fact.device as DeviceId };
  };
  const needPairing = (): Pairing => {
    const known = pairing();
    if (known === null)
      throw new HeadgateError('not_paired', 'This device is not paired with a cloud.', {
        next: 'Run `headgate pair`, or enter the code in the popup.',
      });
    return known;
  };
  const keep = (cloud: string, tokens: PersonTokens): ReadingToken | null => {
    writeFact(store, 'refresh', tokens.refresh);
    reading = tokens.reading === undefined ? null : { token: tokens.reading, cloud, expiresAt: tokens.accessExpiresAt };
    return reading;
  };
  const refresh = async (): Promise<ReadingToken> => {
    const { cloud } = needPairing();
    const token = readFact(store, 'refresh');
    if (token === null) throw new HeadgateError('unauthenticated', 'You are signed out of the cloud.', { next: 'Pair this device again.' });
    const fresh = keep(cloud, await postJson(`${cloud}/v1/token`, { grant_type: 'refresh_token', refresh_token: token }, PersonTokens));
    // Never a token that can do more in its place.
    if (fresh === null)
      throw new HeadgateError('version_mismatch', 'This cloud gives no token for reading alone.', { next: 'Update the cloud.' });
    return fresh;
  };

  return {
    pairing,
    async pair(address, code) {
      const cloud = originOf(address);
      const device = await keys();
      const enrolled = await postJson(
        `${cloud}/v1/devices`,
        {
          code,
          name: deviceName(),
          machine: await machineName(),
          signKey: device.signKey,
          sealKey: device.sealKey,
          proof: await device.proof({ code: code.toUpperCase() }),
        },
        EnrolDevice.result,
      );
      const before = pairing();
      store.transaction(() => {
        // What was meant for one cloud is not for another.
        if (before !== null && (before.cloud !== cloud || before.device !== enrolled.device)) store.run('DELETE FROM outbox');
        writeFact(store, 'pairing', { cloud, device: enrolled.device, person: enrolled.person });
        keep(cloud, enrolled);
      });
      return needPairing();
    },
    forget() {
      reading = null;
      store.transaction(() => {
        writeFact(store, 'pairing', null);
        writeFact(store, 'refresh', null);
        store.run('DELETE FROM outbox');
      });
    },
    async deviceToken() {
      const { cloud, device } = needPairing();
      const assertion = await (await keys()).assertion(device, cloud);
      return postJson(`${cloud}/v1/token`, { grant_type: 'client_credentials', client_assertion: assertion }, DeviceToken);
    },
    async readingToken() {
      if (reading !== null && reading.expiresAt - now() > FRESH_MS) return reading;
      refreshing ??= refresh().finally(() => {
        refreshing = null;
      });
      return refreshing;
    },
  };
}

/** Codes, tokens and released text go there: https, or this very machine. */
function originOf(address: string): string {
  const { protocol, hostname, origin } = new URL(address);
  if (protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))) return origin;
  throw new HeadgateError('invalid_params', 'The address of a cloud starts with https://, or names this computer.', {
    next: 'Check the address.',
  });
}

/** Names the machine by a hash of its id; it authenticates nothing. */
async function machineName(): Promise<string> {
  const { default: machine } = await import('node-machine-id');
  try {
    return await machine.machineId();
  } catch {
    return 'unknown';
  }
}
