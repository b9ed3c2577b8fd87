// Devices: enrol one with a code, list one's own, revoke one of them.
import * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import { DeviceId } from '../../shared/ids.ts';
import { EnrolDevice, ListDevices } from '../../shared/protocol/api.ts';
import { type EnrolServices, enrol } from '../auth/enrol.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import { listDevices, revokeDevice } from '../store/devices.ts';
import { revokeFamiliesOfDevice } from '../store/refresh-tokens.ts';
import { openRoute, personRoute, type Route } from './route.ts';

export interface DeviceServices extends EnrolServices {
  codeTries: RateLimit;
  isConnected(device: DeviceId): boolean;
  onRevoked(device: DeviceId, families: readonly string[]): void;
}

export function deviceRoutes(services: DeviceServices): Route[] {
  const { db, now, codeTries, isConnected, onRevoked } = services;
  return [
    openRoute(
      { method: 'POST', path: '/v1/devices', says: 'Enrol a device with a one-time code', ...EnrolDevice },
      async ({ body, address }) => {
        codeTries.take(address);
        return enrol(services, body);
      },
    ),
    personRoute({ method: 'GET', path: '/v1/devices', says: 'Your devices', ...ListDevices }, async (_call, { person }) => ({
      devices: (await listDevices(db, person)).map((device) => ({
        device: device.id,
        name: device.name,
        createdAt: device.created_at,
        connected: isConnected(device.id),
        lastSeenAt: device.last_seen_at,
        revoked: device.revoked_at !== null,
      })),
    })),
    personRoute(
      {
        method: 'DELETE',
        path: '/v1/devices/{device}',
        says: 'Revoke a device: its sockets close at once, and its tokens are worth nothing',
        params: z.object({ device: DeviceId }),
        result: z.object({}),
      },
      async ({ params }, { person }) => {
        const families = await db.transaction().execute(async (tx) => {
          if (!(await revokeDevice(tx, params.device, person, now()))) throw new HeadgateError('not_found', 'You have no such device.');
          return revokeFamiliesOfDevice(tx, params.device, now());
        });
        onRevoked(params.device, families);
        return {};
      },
    ),
  ];
}
