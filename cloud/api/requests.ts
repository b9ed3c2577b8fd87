// `POST /v1/runs`: asks a device for a run. The cloud only hands it on: whether it runs is decided on the device, by a
// standing warrant or by its person, and what comes back is a state and a code.
import { randomBytes } from 'node:crypto';
import { HeadgateError } from '../../shared/errors.ts';
import { type DeviceId, makeId, type PersonId } from '../../shared/ids.ts';
import { GetRequest, RequestRun, type RequestView } from '../../shared/protocol/api.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import { findDevice } from '../store/devices.ts';
import { findRequest, insertRequest, type StoredRequest, waitingRequests } from '../store/requests.ts';
import type { Database } from '../store/tables.ts';
import { personRoute, type Route } from './route.ts';

/** Requests that may wait for one device. */
const MAX_WAITING = 20;

export interface RequestServices {
  db: Database;
  requestTries: RateLimit;
  /** Sends it to the device now, if that is connected; else it gets it at its next hello. */
  deliver(request: StoredRequest): void;
  now(): number;
}

export function requestRoutes({ db, requestTries, deliver, now }: RequestServices): Route[] {
  const ownDevice = async (id: DeviceId, person: PersonId): Promise<void> => {
    const device = await findDevice(db, id);
    if (device === null || device.person !== person || device.revoked_at !== null)
      throw new HeadgateError('not_found', 'You have no such device.', { next: 'GET /v1/devices lists them.' });
  };
  return [
    personRoute(
      {
        method: 'POST',
        path: '/v1/runs',
        says: 'Ask a device for a run. The device decides: a standing warrant starts it, else its person is asked there',
        ...RequestRun,
      },
      async ({ body }, { person }) => {
        requestTries.take(person);
        await ownDevice(body.device, person);
        const { request = makeId('q', randomBytes), withinMs, ...rest } = body;
        const asked: StoredRequest = {
          ...rest,
          request,
          person,
          state: 'waiting',
          createdAt: now(),
          expiresAt: now() + withinMs,
          run: null,
          code: null,
        };
        const known = await findRequest(db, request);
        if (known !== null) return viewOf(sameOrConflict(known, asked), now());
        if ((await waitingRequests(db, body.device, now(), MAX_WAITING)).length >= MAX_WAITING)
          throw new HeadgateError('busy', `${MAX_WAITING} requests already wait for this device.`, {
            next: 'Wait until it has come for them.',
          });
        if (await insertRequest(db, asked)) deliver(asked);
        const stored = await findRequest(db, request);
        if (stored === null) throw new HeadgateError('internal', 'The request was not kept.');
        return viewOf(sameOrConflict(stored, asked), now());
      },
    ),
    personRoute(
      { method: 'GET', path: '/v1/requests/{request}', says: 'What became of a run that was asked for', ...GetRequest },
      async ({ params }, { person }) => {
        const stored = await findRequest(db, params.request);
        if (stored === null || stored.person !== person) throw new HeadgateError('not_found', 'You have no such request.');
        return viewOf(stored, now());
      },
    ),
  ];
}

/** The same request sent again is that request; another one under its id is none. */
function sameOrConflict(known: StoredRequest, asked: StoredRequest): StoredRequest {
  const same =
    known.person === asked.person && known.device === asked.device && known.recipe === asked.recipe && known.where === asked.where;
  if (same && JSON.stringify(known.input) === JSON.stringify(asked.input)) return known;
  throw new HeadgateError('conflict', 'This request id is taken.', { next: 'Leave it out, and one is made.' });
}

function viewOf({ request, device, recipe, state, createdAt, expiresAt, run, code }: StoredRequest, now: number): RequestView {
  return { request, device, recipe, state: state === 'waiting' && expiresAt <= now ? 'expired' : state, createdAt, expiresAt, run, code };
}
