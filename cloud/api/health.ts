// Whether the cloud lives, and whether it can serve: the process answers, the store answers.
import { sql } from 'kysely';
import * as z from 'zod';
import type { Database } from '../store/tables.ts';
import { openRoute, type Route } from './route.ts';

const Health = z.object({ ok: z.literal(true), service: z.literal('headgate-cloud') });
const health = { ok: true, service: 'headgate-cloud' } as const;

export function healthRoutes(db: Database): Route[] {
  return [
    openRoute({ method: 'GET', path: '/healthz', says: 'Whether the process answers', result: Health }, async () => health),
    openRoute({ method: 'GET', path: '/readyz', says: 'Whether the store answers too', result: Health }, async () => {
      await sql`select 1`.execute(db);
      return health;
    }),
  ];
}
