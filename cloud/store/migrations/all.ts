// The table of migrations, run in this order at every start. A row that has shipped is never edited: add the next.
import type { Migration } from 'kysely/migration';
import { start } from './001-start.ts';
import { ledgerHeads } from './002-ledger-heads.ts';
import { runRequests } from './003-run-requests.ts';

export const MIGRATIONS: Record<string, Migration> = {
  '001-start': start,
  '002-ledger-heads': ledgerHeads,
  '003-run-requests': runRequests,
};
