// The furthest signed head of each device's ledger: with it a device can see that its ledger has lost its end.
import type { Migration } from 'kysely/migration';

export const ledgerHeads: Migration = {
  async up(db) {
    await db.schema.alterTable('devices').addColumn('ledger_head', 'text').execute();
  },
};
