// A person's runs, read only: runs are started, cancelled and approved on the device.
import { HeadgateError } from '../../shared/errors.ts';
import type { PersonId, RunId } from '../../shared/ids.ts';
import { GetRun, GetRunEvents, ListRuns } from '../../shared/protocol/api.ts';
import { viewOf } from '../../shared/run/view.ts';
import { findRun, listEvents, listSummaries, type StoredRun } from '../store/runs.ts';
import type { Database } from '../store/tables.ts';
import { personRoute, type Route } from './route.ts';

const MAX_EVENTS = 5_000;

export function runRoutes(db: Database): Route[] {
  const own = async (run: RunId, person: PersonId): Promise<StoredRun> => {
    const stored = await findRun(db, run);
    if (stored === null || stored.person !== person) throw new HeadgateError('run_not_found', 'You have no such run.');
    return stored;
  };
  return [
    personRoute({ method: 'GET', path: '/v1/runs', says: 'Your last runs', ...ListRuns }, async ({ query }, { person }) => ({
      runs: await listSummaries(db, person, query.limit),
    })),
    personRoute(
      { method: 'GET', path: '/v1/runs/{run}', says: 'One run with its steps; `sealed` opens on its device only', ...GetRun },
      async ({ params }, { person }) => {
        const { state, sealed } = await own(params.run, person);
        return { ...viewOf(state), sealed };
      },
    ),
    personRoute(
      { method: 'GET', path: '/v1/runs/{run}/events', says: 'The log of one run, after an event', ...GetRunEvents },
      async ({ params, query }, { person }) => {
        await own(params.run, person);
        return { events: await listEvents(db, params.run, query.after, MAX_EVENTS) };
      },
    ),
  ];
}
