// No test reaches a server but those that it names.
import type { Internet } from '../../native-host/ops/net/internet.ts';

export const NO_INTERNET: Internet = {
  resolve: () => Promise.reject(new Error('a test looked a name up')),
  judge: () => 'no server of this test',
};
