// The first tables.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';

export const start = {
  async up(db: Kysely<never>): Promise<void> {
    const { schema } = db;
    await schema
      .createTable('persons')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('created_at', 'int8', (c) => c.notNull())
      .addColumn('signed_in_at', 'int8', (c) => c.notNull())
      .execute();
    await schema
      .createTable('codes')
      .addColumn('hash', 'text', (c) => c.primaryKey())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('person', 'text', (c) => c.references('persons.id'))
      .addColumn('created_at', 'int8', (c) => c.notNull())
      .addColumn('expires_at', 'int8', (c) => c.notNull())
      .addColumn('used_at', 'int8')
      .addColumn('attempts', 'int4', (c) => c.notNull().defaultTo(0))
      .execute();
    await schema
      .createTable('devices')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('person', 'text', (c) => c.notNull().references('persons.id'))
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('machine', 'text', (c) => c.notNull())
      .addColumn('thumbprint', 'text', (c) => c.notNull())
      .addColumn('sign_key', 'json', (c) => c.notNull())
      .addColumn('seal_key', 'json', (c) => c.notNull())
      .addColumn('created_at', 'int8', (c) => c.notNull())
      .addColumn('last_seen_at', 'int8')
      .addColumn('revoked_at', 'int8')
      .execute();
    await schema.createIndex('devices_person').on('devices').column('person').execute();
    await schema
      .createTable('refresh_families')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('person', 'text', (c) => c.notNull().references('persons.id'))
      .addColumn('device', 'text', (c) => c.references('devices.id'))
      .addColumn('created_at', 'int8', (c) => c.notNull())
      .addColumn('revoked_at', 'int8')
      .execute();
    await schema
      .createTable('refresh_tokens')
      .addColumn('hash', 'text', (c) => c.primaryKey())
      .addColumn('family', 'text', (c) => c.notNull().references('refresh_families.id'))
      .addColumn('number', 'int4', (c) => c.notNull())
      .addColumn('created_at', 'int8', (c) => c.notNull())
      .addColumn('expires_at', 'int8', (c) => c.notNull())
      .addColumn('used_at', 'int8')
      .addColumn('spent', 'boolean', (c) => c.notNull().defaultTo(false))
      .execute();
    await schema.createIndex('refresh_tokens_family').unique().on('refresh_tokens').columns(['family', 'number']).execute();
    await schema
      .createTable('assertions')
      .addColumn('device', 'text', (c) => c.notNull())
      .addColumn('jti', 'text', (c) => c.notNull())
      .addColumn('expires_at', 'int8', (c) => c.notNull())
      .addPrimaryKeyConstraint('assertions_once', ['device', 'jti'])
      .execute();
    await schema
      .createTable('signing_keys')
      .addColumn('kid', 'text', (c) => c.primaryKey())
      .addColumn('private_key', 'json', (c) => c.notNull())
      .addColumn('created_at', 'int8', (c) => c.notNull())
      .addColumn('retired_at', 'int8')
      .execute();
    await schema
      .createTable('runs')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('person', 'text', (c) => c.notNull().references('persons.id'))
      .addColumn('device', 'text', (c) => c.notNull().references('devices.id'))
      .addColumn('writer', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('seq', 'int8', (c) => c.notNull())
      .addColumn('epoch', 'int8', (c) => c.notNull())
      .addColumn('state', 'json', (c) => c.notNull())
      .addColumn('state_seq', 'int8', (c) => c.notNull())
      .addColumn('summary', 'json', (c) => c.notNull())
      .addColumn('sealed', 'text', (c) => c.notNull())
      .addColumn('created_at', 'int8', (c) => c.notNull())
      .addColumn('wake_at', 'int8')
      .execute();
    await schema.createIndex('runs_of_person').on('runs').columns(['person', 'created_at']).execute();
    await schema.createIndex('runs_open').on('runs').column('device').where(sql.ref('status'), '=', sql.lit('running')).execute();
    await schema
      .createTable('events')
      .addColumn('run', 'text', (c) => c.notNull().references('runs.id').onDelete('cascade'))
      .addColumn('seq', 'int8', (c) => c.notNull())
      .addColumn('epoch', 'int8', (c) => c.notNull())
      .addColumn('body', 'json', (c) => c.notNull())
      .addPrimaryKeyConstraint('events_order', ['run', 'seq'])
      .execute();
  },
};
