// The cloud as one object: `startCloud` opens the store, makes the parts, connects them and listens; `stop` ends them in the
// order in which nothing is lost.
import { CLOSE_GOING_AWAY } from './agents/rpc-socket.ts';
import { openAgentDoor } from './agents/agent-door.ts';
import { createHub } from './agents/hub.ts';
import { createLedgerHeads } from './agents/ledger-heads.ts';
import { createAgentRequests } from './agents/requests.ts';
import { codeRoutes } from './api/codes.ts';
import { deviceRoutes } from './api/devices.ts';
import { healthRoutes } from './api/health.ts';
import { keyRoutes } from './api/keys.ts';
import { openApiRoutes } from './api/openapi.ts';
import { requestRoutes } from './api/requests.ts';
import { runRoutes } from './api/runs.ts';
import { signInRoutes } from './api/sign-in.ts';
import { createStreams } from './api/stream.ts';
import { tokenRoutes } from './api/token.ts';
import { makeCode, type OneTimeCode } from './auth/codes.ts';
import { loadKeyRing } from './auth/key-ring.ts';
import { createRateLimit } from './auth/rate-limit.ts';
import { createSessions } from './auth/sessions.ts';
import { type AccessClaims, createTokens } from './auth/tokens.ts';
import type { Config } from './config.ts';
import { createDoor, defaultUrl, type Door, ownUrls } from './door.ts';
import { createChatModel } from './inference/chat-model.ts';
import { createInference } from './inference/infer.ts';
import { createOwnEngine } from './inference/own-engine.ts';
import { listen } from './listen.ts';
import { factsOf, type Log } from './log.ts';
import { createOrchestrator } from './orchestrator/orchestrator.ts';
import { createServer } from './server.ts';
import type { Place } from './store/dialect.ts';
import { dropAssertions } from './store/devices.ts';
import { openStore } from './store/open.ts';
import { dropRequests } from './store/requests.ts';
import { isAnybodyThere } from './store/persons.ts';
import { dropRefreshTokens, isFamilyAlive } from './store/refresh-tokens.ts';
import { HeadgateError } from '../shared/errors.ts';

export interface Cloud {
  url: string;
  port: number;
  /** A code for the owner; `null` when somebody has signed in and none was asked for. */
  firstCode: OneTimeCode | null;
  makeOwnerCode(): Promise<OneTimeCode>;
  isAnybodyThere(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface CloudOptions {
  log: Log;
  /** Sentences for the person who started it. */
  say(line: string): void;
  now?: () => number;
  place?: Place;
}

const TIDY_EVERY_MS = 3600_000;
/** Longer than a request may wait for its device. */
const KEEP_REQUESTS_MS = 30 * 24 * 3600_000;

export async function startCloud(config: Config, options: CloudOptions): Promise<Cloud> {
  const { log, say, now = Date.now, place = { kind: 'folder', folder: config.data } } = options;
  const store = await openStore(place, log);
  try {
    const { db } = store;
    let publicUrl = config.publicUrl ?? '';
    let door: Door = { hosts: new Set(), origins: new Set() };
    const issuer = () => publicUrl;

    const ring = await loadKeyRing(db, now());
    const tokens = createTokens(ring, issuer, now);
    const readPerson = async (token: string): Promise<AccessClaims> => {
      const claims = await tokens.readAccess(token);
      if (!(await isFamilyAlive(db, claims.family)))
        throw new HeadgateError('revoked', 'This sign-in was ended.', { next: 'Sign in or pair again.' });
      return claims;
    };
    const streams = createStreams({ log, now, readPerson });
    const sessions = createSessions({ db, tokens, now, onFamilyRevoked: (family) => streams.revoke([family]) });
    const codeTries = createRateLimit({ perKey: 20, overall: 60, windowMs: 60_000 }, now);
    const tokenTries = createRateLimit({ perKey: 600, overall: 3_000, windowMs: 60_000 }, now);

    const own = createOwnEngine();
    const inference = createInference({ model: config.model === undefined ? null : createChatModel(config.model), own, log });
    const hub = createHub(inference.models());
    const orchestrator = createOrchestrator({
      db,
      log,
      now,
      world: hub.world,
      notify: hub.notify,
      publish: (person, summary) => streams.tell(person, 'run.changed', summary),
    });

    const requests = createAgentRequests(db, hub, now);
    const requestTries = createRateLimit({ perKey: 60, overall: 1_000, windowMs: 60_000 }, now);

    const enrolment = { db, sessions, now };
    const routes = [
      ...healthRoutes(db),
      ...keyRoutes(ring, issuer),
      ...signInRoutes(enrolment, codeTries),
      ...codeRoutes(db, now),
      ...deviceRoutes({
        ...enrolment,
        codeTries,
        isConnected: hub.isConnected,
        onRevoked: (device, families) => {
          hub.revoke(device);
          streams.revoke(families);
        },
      }),
      ...tokenRoutes({ db, tokens, sessions, tokenTries, audience: () => ownUrls(door, publicUrl), now }),
      ...runRoutes(db),
      ...requestRoutes({ db, requestTries, deliver: requests.deliver, now }),
    ];
    const agents = { db, log, hub, ledgerHeads: createLedgerHeads(db, log, now), tokens, orchestrator, requests, inference, issuer, now };
    const app = await createServer({
      log,
      now,
      door: () => door,
      readPerson,
      routes: [...routes, ...openApiRoutes(routes, issuer)],
      sockets: {
        '/v1/agent': (socket, carrier) =>
          openAgentDoor(
            {
              ...agents,
              onConnection: ({ person, device }, connected) => streams.tell(person, 'device.changed', () => ({ device, connected })),
            },
            socket,
            carrier,
          ),
        '/v1/stream': streams.open,
      },
    });

    await orchestrator.recover();
    const port = await listen(app, config, say);
    publicUrl ||= defaultUrl(config.host, port);
    door = createDoor(publicUrl, { host: config.host, port }, config.extensionOrigins);

    const tidy = async () => {
      await ring.rotate(now());
      await dropAssertions(db, now());
      await dropRefreshTokens(db, now());
      await dropRequests(db, now() - KEEP_REQUESTS_MS);
    };
    const tidying = setInterval(
      () => void tidy().catch((error: unknown) => log('error', 'tidy_failed', factsOf(error))),
      TIDY_EVERY_MS,
    ).unref();

    return {
      url: publicUrl,
      port,
      firstCode: config.code || !(await isAnybodyThere(db)) ? await makeCode(db, null, now()) : null,
      makeOwnerCode: () => makeCode(db, null, now()),
      isAnybodyThere: () => isAnybodyThere(db),
      stop: async () => {
        clearInterval(tidying);
        for (const socket of app.websocketServer.clients) socket.close(CLOSE_GOING_AWAY, 'the cloud is stopping');
        const cut = setTimeout(() => app.websocketServer.clients.forEach((socket) => void socket.terminate()), 1_000).unref();
        await app.close();
        clearTimeout(cut);
        await orchestrator.stop();
        await own.stop();
        await store.close();
      },
    };
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
}
