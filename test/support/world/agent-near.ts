// The product's agent, with the test's own web server as a part of the internet: its name leads to this machine, and that one
// address passes the judge. Started in the agent's place; the product itself has no switch for this.
import { runAgent } from '../../../native-host/agent.ts';
import { hostHome } from '../../../native-host/config.ts';
import { INTERNET } from '../../../native-host/ops/net/internet.ts';
import { PAGE_HOST } from './pages.ts';

const HERE = '127.0.0.1';

await runAgent({
  home: hostHome(),
  readyFd: 3,
  foreground: false,
  internet: {
    resolve: async (host) => (host === PAGE_HOST ? [HERE] : INTERNET.resolve(host)),
    judge: (address) => (address === HERE ? null : INTERNET.judge(address)),
  },
});
