// The product's agent with a small internet of the test's own: one name leads to a server that counts as the internet, and
// others to an address of this machine that does not. Started in the agent's place; the product itself has no switch for this.
import { runAgent } from '../../../native-host/agent.ts';
import { hostHome } from '../../../native-host/config.ts';
import { INTERNET } from '../../../native-host/ops/net/internet.ts';
import { INTERNET_HERE, NAMES } from './web.ts';

await runAgent({
  home: hostHome(),
  readyFd: 3,
  foreground: false,
  internet: {
    resolve: async (host) => NAMES[host] ?? INTERNET.resolve(host),
    judge: (address) => (address === INTERNET_HERE ? null : INTERNET.judge(address)),
  },
});
