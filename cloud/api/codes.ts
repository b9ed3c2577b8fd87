// A signed-in person makes a code for another device.
import { MakeCode } from '../../shared/protocol/api.ts';
import { makeCode } from '../auth/codes.ts';
import type { Database } from '../store/tables.ts';
import { personRoute, type Route } from './route.ts';

export function codeRoutes(db: Database, now: () => number): Route[] {
  return [
    personRoute(
      { method: 'POST', path: '/v1/codes', says: 'Make a one-time code for another device', ...MakeCode },
      async (_call, { person }) => makeCode(db, person, now()),
    ),
  ];
}
