// What is known before the host has said anything.
import type { Snapshot } from './screen-protocol.ts';

export const NOTHING_YET: Snapshot = {
  host: { state: 'connecting' },
  status: null,
  runs: [],
  grants: null,
  commands: [],
  approvals: [],
  warrants: [],
  problem: null,
  saving: false,
};
