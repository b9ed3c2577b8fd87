// `WSS /v1/agent`: one device's socket, from challenge to close.
//
// It is in one of four states. *greeting*: challenged, nothing known yet; 5 s, then closed with 4408. *live*: hello was
// good; requests are served. *closing*: a close was sent. *closed*: the hub has forgotten it. A live socket closes with
// 4401 when its token expires without renewal, 4403 at revocation, 4409 when the device connects again, and is cut after
// three missed heartbeats.
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { HeadgateError } from '../../shared/errors.ts';
import { AGENT_METHODS, type AgentMethod, CLOSE, HEARTBEAT_MS, HEARTBEATS_MISSED, HELLO_DEADLINE_MS } from '../../shared/protocol/agent.ts';
import type { ParamsOf, ResultIn } from '../../shared/protocol/rpc.ts';
import { chooseProtocol } from '../../shared/protocol/version.ts';
import { activeDevice, checkNonceProof, revokedDevice } from '../auth/device-proof.ts';
import type { Tokens } from '../auth/tokens.ts';
import type { Inference } from '../inference/infer.ts';
import { factsOf, type Log } from '../log.ts';
import type { Caller, Orchestrator } from '../orchestrator/orchestrator.ts';
import { noteSeen } from '../store/devices.ts';
import type { Database } from '../store/tables.ts';
import type { Hub } from './hub.ts';
import type { LedgerHeads } from './ledger-heads.ts';
import type { AgentRequests } from './requests.ts';
import { type Carrier, openRpcSocket, type RpcSocket } from './rpc-socket.ts';

export interface AgentServices {
  db: Database;
  log: Log;
  hub: Hub;
  ledgerHeads: LedgerHeads;
  tokens: Tokens;
  orchestrator: Orchestrator;
  requests: AgentRequests;
  inference: Inference;
  issuer(): string;
  now(): number;
  onConnection(caller: Caller, connected: boolean): void;
}

/** A request of a device that is known. */
interface Asked<Name extends AgentMethod> {
  caller: Caller;
  params: ParamsOf<typeof AGENT_METHODS, Name>;
  renewed(expiresAt: number): void;
}
type Handlers = {
  [Name in Exclude<AgentMethod, 'agent.hello'>]: (
    services: AgentServices,
    asked: Asked<Name>,
  ) => Promise<ResultIn<typeof AGENT_METHODS, Name>>;
};

const HANDLERS: Handlers = {
  'agent.renew': async ({ tokens, db }, { caller, params, renewed }) => {
    const { device, expiresAt } = await tokens.readDevice(params.token);
    if (device !== caller.device) throw new HeadgateError('unauthenticated', 'This is the token of another device.');
    await activeDevice(db, device);
    renewed(expiresAt);
    return { expiresAt };
  },
  'agent.heartbeat': async ({ hub, ledgerHeads, now }, { caller, params }) => {
    hub.beat(caller.device, params);
    const ledgerHead = await ledgerHeads.note(caller.device, params.ledgerHead);
    return { at: now(), ...(ledgerHead !== undefined && { ledgerHead }) };
  },
  'run.submit': async ({ orchestrator }, { caller, params }) => {
    await orchestrator.submit(caller, params);
    return {};
  },
  'task.report': async ({ orchestrator }, { caller, params }) => {
    await orchestrator.report(caller, params);
    return {};
  },
  'run.cancel': async ({ orchestrator }, { caller, params }) => {
    await orchestrator.cancel(caller, params.run);
    return {};
  },
  'request.report': async ({ requests }, { caller, params }) => {
    await requests.report(caller.device, params.request, params.report);
    return {};
  },
  'run.replicate': ({ orchestrator }, { caller, params }) => orchestrator.replicate(caller, params),
  infer: async ({ orchestrator, inference }, { caller, params }) => {
    const planned = await orchestrator.plannedOp(caller, params.run, params.step);
    if (planned !== params.op) throw new HeadgateError('invalid_params', 'The plan has another op for this step.');
    return inference.answer(caller.device, params.op, params.question, params.deadlineMs);
  },
};

export function openAgentDoor(services: AgentServices, socket: WebSocket, carrier: Carrier): void {
  const { log, hub, now } = services;
  const nonce = randomBytes(24).toString('base64url');
  let caller: Caller | null = null;
  let expiry: NodeJS.Timeout | undefined;
  let silence: NodeJS.Timeout | undefined;
  /** Requests wait for it, so that what the device has missed reaches it before what comes of them. */
  let resynced: Promise<void> = Promise.resolve();

  const expireAt = (expiresAt: number): void => {
    clearTimeout(expiry);
    expiry = setTimeout(() => rpc.close(CLOSE.unauthenticated, 'the token has expired'), Math.max(0, expiresAt - now()));
  };
  const listen = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => socket.terminate(), HEARTBEATS_MISSED * HEARTBEAT_MS);
  };
  const rpc: RpcSocket = openRpcSocket({
    socket,
    carrier,
    methods: AGENT_METHODS,
    log,
    isKnown: () => caller !== null,
    onMessage: () => {
      if (caller !== null) listen();
    },
    handle: async (method, params) => {
      if (method === 'agent.hello') {
        if (caller !== null) throw new HeadgateError('invalid_request', 'This socket has said hello before.');
        // Parsed by the method's own schema before it comes here.
        return greet(params as ParamsOf<typeof AGENT_METHODS, 'agent.hello'>);
      }
      if (caller === null) {
        setImmediate(() => rpc.close(CLOSE.unauthenticated, 'the first message must be agent.hello'));
        throw new HeadgateError('unauthenticated', 'The first message must be agent.hello.');
      }
      const handler = HANDLERS[method as keyof Handlers] as (
        services: AgentServices,
        asked: { caller: Caller; params: unknown; renewed(expiresAt: number): void },
      ) => Promise<unknown>;
      if (method !== 'agent.heartbeat') await resynced;
      return handler(services, { caller, params, renewed: expireAt });
    },
  });

  const greet = async (hello: ParamsOf<typeof AGENT_METHODS, 'agent.hello'>): Promise<ResultIn<typeof AGENT_METHODS, 'agent.hello'>> => {
    try {
      const known = await admit(services, hello, nonce);
      clearTimeout(deadline);
      if (!rpc.isOpen()) throw new HeadgateError('timeout', 'The hello came too late.');
      if (!hub.join(known.caller.device, rpc)) throw revokedDevice();
      caller = known.caller;
      expireAt(known.expiresAt);
      listen();
      log('info', 'agent.connected', { device: known.caller.device, runs: hello.runs.length });
      services.onConnection(known.caller, true);
      // After the answer has gone: the device reads its hello first.
      resynced = nextTurn().then(() => resync(known.caller, hello.runs));
      return {
        protocol: known.protocol,
        device: known.caller.device,
        expiresAt: known.expiresAt,
        models: [...services.inference.models()],
      };
    } catch (error) {
      const code = error instanceof HeadgateError ? error.code : 'internal';
      log('warn', 'agent.refused', { code });
      setImmediate(() => rpc.close(closeCodeOf(code), code));
      throw error;
    }
  };

  const resync = async (known: Caller, runs: Parameters<Orchestrator['resync']>[1]): Promise<void> => {
    try {
      await noteSeen(services.db, known.device, now());
      await services.orchestrator.resync(known, runs);
      await services.requests.resend(known.device);
    } catch (error) {
      log('error', 'agent.resync_failed', { device: known.device, ...factsOf(error) });
      rpc.close(1011, 'resync failed');
    }
  };

  const deadline = setTimeout(() => rpc.close(CLOSE.helloTimeout, 'no hello in time'), HELLO_DEADLINE_MS);
  socket.on('close', (code) => {
    for (const timer of [deadline, expiry, silence]) clearTimeout(timer);
    if (caller === null || !hub.leave(caller.device, rpc)) return;
    log('info', 'agent.disconnected', { device: caller.device, code });
    services.onConnection(caller, false);
    noteSeen(services.db, caller.device, now()).catch((error: unknown) => log('warn', 'agent.note_failed', factsOf(error)));
  });
  rpc.notify('agent.challenge', { nonce, issuer: services.issuer() });
}

/** Who it is: a token of ours for the device, and the device's own signature over our nonce. */
async function admit(
  services: AgentServices,
  hello: ParamsOf<typeof AGENT_METHODS, 'agent.hello'>,
  nonce: string,
): Promise<{ caller: Caller; protocol: number; expiresAt: number }> {
  const protocol = chooseProtocol(hello.protocol);
  if (protocol === null)
    throw new HeadgateError('version_mismatch', 'This cloud and this device have no protocol version in common.', {
      next: 'Update the older of the two.',
    });
  const { device, expiresAt } = await services.tokens.readDevice(hello.token);
  const row = await activeDevice(services.db, device);
  await checkNonceProof(hello.proof, row.sign_key, nonce, services.now());
  return { caller: { device, person: row.person }, protocol, expiresAt };
}

function closeCodeOf(code: string): number {
  if (code === 'version_mismatch') return CLOSE.versionMismatch;
  return code === 'revoked' ? CLOSE.revoked : CLOSE.unauthenticated;
}
