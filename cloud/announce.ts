// What the cloud says on stdout when it is ready: one line of JSON for a starter, or prose for a person. A person who has
// not signed in when the code runs out is shown the next one; where somebody has, it says how to get one.
import type { Cloud } from './cloud.ts';

const ONE_MORE = 'To pair one more device, stop this cloud and start it with a code: headgate cloud --code';

/** Returns what ends the showing of new codes. */
export function announce(cloud: Cloud, human: boolean, write: (text: string) => void): () => void {
  const { url, firstCode } = cloud;
  if (!human) {
    write(
      `${JSON.stringify({ ready: true, url, ...(firstCode === null ? { next: ONE_MORE } : { code: firstCode.code, codeExpiresAt: firstCode.expiresAt }) })}\n`,
    );
    return () => undefined;
  }
  write(`The Headgate cloud is ready at ${url}. Stop it with Ctrl-C.\n`);
  if (firstCode === null) {
    write(`${ONE_MORE}\n`);
    return () => undefined;
  }
  write(`Pair a device with the code ${firstCode.code} within ten minutes: headgate pair ${url} ${firstCode.code}\n`);
  const renew = setInterval(async () => {
    if (await cloud.isAnybodyThere()) return clearInterval(renew);
    const next = await cloud.makeOwnerCode();
    write(`That code has run out. The new one is ${next.code}\n`);
  }, firstCode.expiresAt - Date.now()).unref();
  return () => clearInterval(renew);
}
