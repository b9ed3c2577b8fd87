// The first check at every door, HTTP and WebSocket alike: whom the request says it came to (`Host`, against DNS rebinding)
// and from which page it comes (`Origin`: none, or an extension that is allowed). Pure.
import { HeadgateError } from '../shared/errors.ts';

export interface Door {
  /** `host:port` of each name under which this cloud may be called, in lower case. */
  hosts: ReadonlySet<string>;
  origins: ReadonlySet<string>;
}

/** The names for a cloud at `publicUrl` that listens on `port`; loopback names count where it listens on loopback. */
export function createDoor(publicUrl: string, listens: { host: string; port: number }, origins: readonly string[]): Door {
  const hosts = new Set([hostOf(new URL(publicUrl))]);
  if (reachesLoopback(listens.host)) for (const name of ['127.0.0.1', 'localhost', '[::1]']) hosts.add(`${name}:${listens.port}`);
  return { hosts, origins: new Set(origins) };
}

/** Throws `origin_refused`. */
export function checkDoor(door: Door, headers: { host?: string | undefined; origin?: string | undefined }): void {
  const host = headers.host?.toLowerCase();
  if (host === undefined || !(door.hosts.has(host) || door.hosts.has(`${host}:80`)))
    throw new HeadgateError('origin_refused', 'This cloud does not go by that name.', { next: 'Call it by its own address.' });
  if (headers.origin !== undefined && !door.origins.has(headers.origin))
    throw new HeadgateError('origin_refused', 'Pages of other origins may not call this cloud.');
}

/** The URL of a cloud that was given no public one: an address that can be called, also where it listens on all of them. */
export function defaultUrl(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Every base URL that names this cloud: what a device may write as `aud`. */
export function ownUrls(door: Door, publicUrl: string): string[] {
  return [publicUrl, ...[...door.hosts].map((host) => `http://${host}`)];
}

function reachesLoopback(host: string): boolean {
  return ['localhost', '::1', '0.0.0.0', '::'].includes(host) || host.startsWith('127.');
}

function hostOf(url: URL): string {
  return url.port === '' && url.protocol === 'http:' ? `${url.hostname}:80` : url.host.toLowerCase();
}
