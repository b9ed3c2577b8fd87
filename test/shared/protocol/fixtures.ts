// The golden messages: for each version of the protocol a folder of JSON files with examples of every message. What is
// there stays and must go on parsing; what a message gains is added as another example.
import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import * as api from '../../../shared/protocol/api.ts';
import { AGENT_METHODS, CLOUD_NOTIFICATIONS } from '../../../shared/protocol/agent.ts';
import { ClientHello, SocketHello } from '../../../shared/protocol/hello.ts';
import { NATIVE_METHODS, NATIVE_NOTIFICATIONS, TERMINAL_METHODS } from '../../../shared/protocol/native.ts';
import type { MethodTable, NotificationTable } from '../../../shared/protocol/rpc.ts';
import { RpcFailure, RpcNotification, RpcRequest, RpcResult } from '../../../shared/protocol/rpc.ts';
import { STREAM_METHODS, STREAM_NOTIFICATIONS } from '../../../shared/protocol/stream.ts';

export interface Golden {
  /** `native-methods/host.hello/params`. */
  name: string;
  schema: z.ZodType;
  /** `undefined` where the file has none. */
  examples: unknown[] | undefined;
}

export function readFixture(file: string, version = 1): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`../../fixtures/protocol/${version}/${file}.json`, import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >;
}

const METHODS: Record<string, MethodTable> = {
  'native-methods': NATIVE_METHODS,
  'terminal-methods': TERMINAL_METHODS,
  'agent-methods': AGENT_METHODS,
  'stream-methods': STREAM_METHODS,
};
const NOTIFICATIONS: Record<string, NotificationTable> = {
  'native-notifications': NATIVE_NOTIFICATIONS,
  'cloud-notifications': CLOUD_NOTIFICATIONS,
  'stream-notifications': STREAM_NOTIFICATIONS,
  hello: { SocketHello, ClientHello },
  rpc: { request: RpcRequest, notification: RpcNotification, result: RpcResult, failure: RpcFailure },
};

/** Every message of every wire with its examples. */
export function allGolden(): Golden[] {
  return [
    ...Object.entries(METHODS).flatMap(([file, table]) => {
      const examples = readFixture(file) as Record<string, Record<string, unknown[]>>;
      return Object.entries(table).flatMap(([method, schemas]) =>
        (['params', 'result'] as const).map((part) => ({
          name: `${file}/${method}/${part}`,
          schema: schemas[part],
          examples: examples[method]?.[part],
        })),
      );
    }),
    ...Object.entries(NOTIFICATIONS).flatMap(([file, table]) => {
      const examples = readFixture(file) as Record<string, unknown[]>;
      return Object.entries(table).map(([name, schema]) => ({ name: `${file}/${name}`, schema, examples: examples[name] }));
    }),
    ...apiGolden(),
  ];
}

function apiGolden(): Golden[] {
  const examples = readFixture('api') as Record<string, Record<string, unknown[]>>;
  return Object.entries(api as Record<string, unknown>).flatMap(([route, exported]) => {
    if (isSchema(exported)) return [{ name: `api/${route}`, schema: exported, examples: examples[route]?.schema }];
    return Object.entries(exported as Record<string, unknown>).flatMap(([part, schema]) =>
      isSchema(schema) ? [{ name: `api/${route}/${part}`, schema, examples: examples[route]?.[part] }] : [],
    );
  });
}

function isSchema(value: unknown): value is z.ZodType {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

/** Names in the files that no table has. */
export function strayFixtures(): string[] {
  const known = new Set(allGolden().flatMap(({ name }) => [name, name.split('/').slice(0, 2).join('/')]));
  const files = [...Object.keys(METHODS), ...Object.keys(NOTIFICATIONS), 'api'];
  return files.flatMap((file) => Object.keys(readFixture(file)).map((name) => `${file}/${name}`)).filter((name) => !known.has(name));
}
