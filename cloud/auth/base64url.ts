// Strict base64url (RFC 4648 §5, no padding, unused bits zero), checked before jose sees a token: lenient decoders let one
// signature be written in several ways, so that a token on a denylist or an id seen once comes back in another spelling.
import { HeadgateError } from '../../shared/errors.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function isCanonicalBase64url(text: string): boolean {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return false;
  const rest = text.length % 4;
  if (rest === 0) return true;
  if (rest === 1) return false;
  const last = ALPHABET.indexOf(text.at(-1) ?? '');
  return rest === 2 ? (last & 0b1111) === 0 : (last & 0b11) === 0;
}

/** A compact JWS is three parts, none of them empty. Throws `unauthenticated`. */
export function assertCompactJws(token: string): void {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every((part) => part !== '' && isCanonicalBase64url(part)))
    throw new HeadgateError('unauthenticated', 'This is not a well-formed token.');
}

/** A compact JWE is five parts; with ECDH-ES the second, the encrypted key, is empty. */
export function isCompactJwe(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 5 && parts.every((part, at) => (part !== '' || at === 1) && isCanonicalBase64url(part));
}
