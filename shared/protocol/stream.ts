// `WSS /v1/stream`: what a signed-in person may watch. The first message authenticates; after it the cloud only tells.
import * as z from 'zod';
import { RunView } from '../run/view.ts';
import type { MethodTable, NotificationTable } from './rpc.ts';
import { ProtocolRange } from './version.ts';

export const STREAM_METHODS = {
  'stream.hello': {
    params: z.object({ protocol: ProtocolRange, token: z.string().max(4000) }),
    result: z.object({ protocol: z.int(), expiresAt: z.int() }),
  },
  'stream.renew': { params: z.object({ token: z.string().max(4000) }), result: z.object({ expiresAt: z.int() }) },
} as const satisfies MethodTable;

export const STREAM_NOTIFICATIONS = {
  'run.changed': RunView.omit({ steps: true }),
  'device.changed': z.object({ device: z.string().max(40), connected: z.boolean() }),
} as const satisfies NotificationTable;
