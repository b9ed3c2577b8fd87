// Hands runs that were asked for to their device: at once, and again at every hello until the device has reported on them.
// The device takes the same request once, however often it comes.
import { HeadgateError } from '../../shared/errors.ts';
import type { DeviceId, RequestId } from '../../shared/ids.ts';
import type { RequestReport } from '../../shared/protocol/agent.ts';
import { noteReport, type StoredRequest, waitingRequests } from '../store/requests.ts';
import type { Database } from '../store/tables.ts';
import type { Hub } from './hub.ts';

const MAX_AT_HELLO = 50;

export interface AgentRequests {
  deliver(request: StoredRequest): void;
  /** Sends a device that came back what waits for it. */
  resend(device: DeviceId): Promise<void>;
  /** Throws `not_found` for a request that was not made to this device. */
  report(device: DeviceId, request: RequestId, report: RequestReport): Promise<void>;
}

export function createAgentRequests(db: Database, hub: Pick<Hub, 'notify'>, now: () => number): AgentRequests {
  const deliver = ({ device, request, recipe, input, where, expiresAt }: StoredRequest): void =>
    // Parsed by the same schema when it was asked for.
    hub.notify(device, 'run.request', { request, recipe, input: input as never, where, expiresAt });
  return {
    deliver,
    async resend(device) {
      for (const request of await waitingRequests(db, device, now(), MAX_AT_HELLO)) deliver(request);
    },
    async report(device, request, report) {
      if (!(await noteReport(db, device, request, report)))
        throw new HeadgateError('not_found', 'There is no such request to this device.');
    },
  };
}
