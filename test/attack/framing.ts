// Frames and first messages as weapons, at every door that bytes come in by: the reader by itself, the relay and the agent
// as processes, the agent's socket, the cloud's WebSockets. Each gets a clear error or a clean end, memory stays flat, and
// the next good message is served.
import { collectFailures, type Member } from './member.ts';
import { attackCloudSockets } from './framing/cloud.ts';
import { attackReader } from './framing/reader.ts';
import { attackRelay } from './framing/relay.ts';

export const member: Member = {
  name: 'framing',
  says: 'hostile frames and first messages get a clear error or a clean end, and the next good one is served',
  async run(attack) {
    const failures = collectFailures();
    const figures = {
      ...attackReader(attack, failures.add),
      ...(await attackRelay(attack, failures.add)),
      ...(await attackCloudSockets(attack, failures.add)),
    };
    return { figures, failures: failures.list };
  },
};
