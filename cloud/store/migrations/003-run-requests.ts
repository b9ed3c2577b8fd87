// Runs that were asked for over the API, until their device has said what became of them.
import type { Migration } from 'kysely/migration';

export const runRequests: Migration = {
  async up(db) {
    await db.schema
      .createTable('run_requests')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('person', 'text', (c) => c.notNull().references('persons.id'))
      .addColumn('device', 'text', (c) => c.notNull().references('devices.id'))
      .addColumn('recipe', 'text', (c) => c.notNull())
      .addColumn('input', 'json', (c) => c.notNull())
      .addColumn('place', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('run', 'text')
      .addColumn('code', 'text')
      .addColumn('created_at', 'int8', (c) => c.notNull())
      .addColumn('expires_at', 'int8', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('run_requests_of_device').on('run_requests').columns(['device', 'state']).execute();
  },
};
