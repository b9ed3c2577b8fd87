// Takes the wished port, or the next free one above it, and says who has the wished one.
import type { FastifyInstance } from 'fastify';
import { HeadgateError } from '../shared/errors.ts';
import { findPortHolder } from './port-holder.ts';

const TRIES = 20;

/** The port that was taken. `say` gets a sentence for a person. Throws `port_taken`. */
export async function listen(app: FastifyInstance, wish: { host: string; port: number }, say: (line: string) => void): Promise<number> {
  const last = Math.min(wish.port + TRIES, 65_535);
  for (let port = wish.port; port <= last; port++) {
    try {
      await app.listen({ host: wish.host, port });
      const address = app.server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      if (port !== wish.port) say(`Using port ${taken} instead.`);
      return taken;
    } catch (error) {
      if (!(error instanceof Error && Reflect.get(error, 'code') === 'EADDRINUSE')) throw error;
      const holder = await findPortHolder(port);
      say(`Port ${port} is taken by ${holder === null ? 'another program' : `${holder.command} (process ${holder.pid})`}.`);
    }
  }
  throw new HeadgateError('port_taken', `Ports ${wish.port} to ${last} are all taken.`, { next: 'Set HEADGATE_CLOUD_PORT to a free one.' });
}
