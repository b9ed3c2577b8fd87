// An address that a person clicked or a server sends us on to, parsed once by the platform's own parser (WHATWG URL), so
// that every spelling of a number (`0x7f.1`, `2130706433`, full-width digits) is the address that will be dialled. What is
// judged here and what is dialled are the same object.
import { HeadgateError } from '../../../shared/errors.ts';
import { judgeName, judgePort, parseAddress } from '../../../shared/gate/addresses.ts';

export interface WebAddress {
  url: URL;
  /** The name to look up, or the address itself, without brackets. */
  host: string;
  isAddress: boolean;
}

/** `base` is the address that a redirect came from. Throws `address_refused`. */
export function readWebAddress(text: string, base?: URL): WebAddress {
  const url = URL.parse(text, base?.href);
  if (url === null) throw refuseAddress('no address that can be read');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuseAddress('neither http nor https');
  if (base?.protocol === 'https:' && url.protocol === 'http:') throw refuseAddress('a way on without encryption');
  if (url.username !== '' || url.password !== '') throw refuseAddress('an address with a name or password in it');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isAddress = parseAddress(host) !== null;
  const why = judgePort(portOf(url)) ?? (isAddress ? null : judgeName(host));
  if (why !== null) throw refuseAddress(why);
  url.hash = '';
  return { url, host, isAddress };
}

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

export function refuseAddress(what: string): HeadgateError {
  return new HeadgateError('address_refused', `This is ${what}. Nothing was fetched.`);
}
