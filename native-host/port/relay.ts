// The process that a browser starts, one per profile. It joins the browser's pipes to the agent's socket and knows
// nothing else: both sides speak the same frames, so bytes pass untouched. Killing it harms nothing. When either side
// ends, it ends; the extension then connects anew, which starts a new relay.
import { hostHome } from '../config.ts';
import { reachAgent } from './reach-agent.ts';

/** Browsers pass the extension's origin (Chromium) or the manifest's path and the add-on's id (Firefox); order varies. */
function originOf(args: readonly string[]): string {
  return args.find((arg) => arg.startsWith('chrome-extension://')) ?? args.find((arg) => arg.includes('@')) ?? '';
}

async function relay(): Promise<void> {
  const socket = await reachAgent({ home: hostHome(), from: 'relay', origin: originOf(process.argv.slice(2)) });
  socket.on('error', () => process.exit(1));
  socket.on('close', () => process.exit(0));
  process.stdout.on('error', () => socket.destroy());
  process.stdin.on('error', () => socket.destroy());
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
}

relay().catch((error: unknown) => {
  process.stderr.write(`headgate relay: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(3);
});
