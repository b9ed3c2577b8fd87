// What the cloud says on stdout when it is ready: one line of JSON for a starter, or prose for a person. A person who has
// not signed in when the code runs out is shown the next one.
import type { Cloud } from './cloud.ts';

/** Returns what ends the showing of new codes. */
export function announce(cloud: Cloud, human: boolean, write: (text: string) => void): () => void {
  const { url, firstCode } = cloud;
  if (!human) {
    write(
      `${JSON.stringify({ ready: true, url, ...(firstCode !== null && { code: firstCode.code, codeExpiresAt: firstCode.expiresAt }) })}\n`,
    );
    return () => undefined;
  }
  write(`The Headgate cloud is ready at ${url}. Stop it with Ctrl-C.\n`);
  if (firstCode === null) return () => undefined;
  write(`Pair a device with the code ${firstCode.code} within ten minutes: headgate pair ${url} ${firstCode.code}\n`);
  const renew = setInterval(async () => {
    if (await cloud.isAnybodyThere()) return clearInterval(renew);
    const next = await cloud.makeOwnerCode();
    write(`That code has run out. The new one is ${next.code}\n`);
  }, firstCode.expiresAt - Date.now()).unref();
  return () => clearInterval(renew);
}
