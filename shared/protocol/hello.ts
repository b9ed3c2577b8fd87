// The first words between a client and the agent, and the sizes of their frames. Apart from native.ts because the agent
// must answer them the moment it starts, before the rest of it is loaded.
import * as z from 'zod';
import { ProtocolRange } from './version.ts';

/** Bytes of one frame, host → browser; Chromium and Firefox close the port above 1 MiB. */
export const MAX_FRAME_TO_BROWSER = 1024 * 1024;
/** Messages above this go in `$chunk`s. */
export const CHUNK_BYTES = 600 * 1024;
/** Bytes of one frame, browser → host: our own cap, below Chromium's 64 MiB. */
export const MAX_FRAME_TO_HOST = 16 * 1024 * 1024;

/** Terminal → agent, first line on the socket, before any frame; it proves the same user and says what speaks. */
export const SocketHello = z.strictObject({
  secret: z.string().length(64),
  from: z.enum(['relay', 'terminal']),
  /** The extension's origin as the browser told the relay. */
  origin: z.string().max(200).optional(),
});
export type SocketHello = z.infer<typeof SocketHello>;

export const ClientHello = z.object({
  protocol: ProtocolRange,
  client: z.object({ kind: z.enum(['extension', 'terminal']), name: z.string().max(80), version: z.string().max(40) }),
});
