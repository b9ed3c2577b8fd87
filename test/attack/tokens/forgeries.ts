// What an attacker makes of a token that is good: another algorithm, key, type, audience or spelling, headers that point
// to a key of the attacker's own. Each forgery is one change to one good token, so that only it can be what is refused.
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Random } from '../random.ts';

export interface Good {
  /** A token that its door takes. */
  token: string;
  /** The public key by which the door verifies it. */
  publicKey: { kty: string; crv: string; x: string; kid?: string };
}

export interface Forgery {
  name: string;
  token: string;
}

type Json = Record<string, unknown>;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const part = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const parse = (encoded: string) => JSON.parse(Buffer.from(encoded, 'base64url').toString()) as Json;

/** Forgeries that need nothing but the good token: none of the keys of cloud or device. */
export function forge({ token, publicKey }: Good, random: Random): Forgery[] {
  const [head = '', body = '', signature = ''] = token.split('.');
  const [header, payload] = [parse(head), parse(body)];
  const attacker = generateKeyPairSync('ed25519');
  const own = attacker.publicKey.export({ format: 'jwk' }) as Json;
  const signed = (with_: Json, claims: Json = payload, key: KeyObject = attacker.privateKey, digest: string | null = null) => {
    const input = `${part(with_)}.${part(claims)}`;
    return `${input}.${sign(digest, Buffer.from(input), key).toString('base64url')}`;
  };
  const hmac = (alg: string, digest: string, secret: string | Buffer) => {
    const input = `${part({ ...header, alg })}.${body}`;
    return `${input}.${createHmac(digest, secret).update(input).digest('base64url')}`;
  };
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const raw = Buffer.from(publicKey.x, 'base64url');
  const forgeries: Record<string, string> = {
    'its own key': signed(header),
    'its own key, fully specified': signed({ ...header, alg: 'Ed25519' }),
    'an RSA key of its own': signed({ ...header, alg: 'RS256' }, payload, rsa.privateKey, 'sha256'),
    'a private key in the header': signed({ ...header, jwk: own }),
    'a key in the header and no id': signed({ ...header, kid: undefined, jwk: own }),
    'a key at an address (jku)': signed({ ...header, jku: 'http://127.0.0.1:1/jwks.json' }),
    'a certificate at an address (x5u)': signed({ ...header, x5u: 'http://127.0.0.1:1/cert.pem' }),
    'a certificate in the header (x5c)': signed({ ...header, x5c: [part('certificate')] }),
    'HMAC by the public key': hmac('HS256', 'sha256', raw),
    'HMAC by the public key as text': hmac('HS256', 'sha256', publicKey.x),
    'HMAC by the public key as JSON': hmac('HS512', 'sha512', JSON.stringify(publicKey)),
    'HMAC by nothing': hmac('HS256', 'sha256', ''),
    'no signature': `${head}.${body}.`,
    'no signature and no dot': `${head}.${body}`,
    'half a signature': `${head}.${body}.${signature.slice(0, 43)}`,
    'a signature of zeros': `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`,
    'a random signature': `${head}.${body}.${random.bytes(64).toString('base64url')}`,
    'the other signature that some verifiers take': `${head}.${body}.${plusOrder(signature)}`,
    'another subject under the same signature': `${head}.${part({ ...payload, sub: `${String(payload.sub ?? 'x').slice(0, 2)}${'0'.repeat(32)}` })}.${signature}`,
    'a later end under the same signature': `${head}.${part({ ...payload, exp: 4_000_000_000 })}.${signature}`,
    'four parts': `${token}.${part('more')}`,
    'five parts, as if it were sealed': `${head}..${body}.${signature}.${signature}`,
    'JSON instead of three parts': JSON.stringify({ protected: head, payload: body, signature }),
    'blanks around it': ` ${token} `,
    'a line break in it': `${head}.\n${body}.${signature}`,
    padding: `${token}==`,
    'the alphabet of another encoding': `${head}.${body}.${signature.slice(0, -4)}+/+/`,
    'the same signature in another spelling': twin(token),
    'the same header in another spelling': `${part(JSON.stringify(header, null, 1))}.${body}.${signature}`,
    nothing: '',
    'only dots': '..',
    'a long nothing': `${'A'.repeat(3_000)}.${'A'.repeat(400)}.${signature}`,
    'a header that is no JSON': `${part('none')}.${body}.${signature}`,
    'a header that is a list': `${part('[]')}.${body}.${signature}`,
    'a header of a prototype': `${part('{"__proto__":{"alg":"none"}}')}.${body}.${signature}`,
  };
  for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, 'EdDSA\0', 'HS256', 'RS256', 'ES256', 'Ed448'])
    for (const end of ['', signature])
      forgeries[`alg ${JSON.stringify(alg)}${end === '' ? '' : ' over the good signature'}`] = `${part({ ...header, alg })}.${body}.${end}`;
  for (const kid of [
    '../../../../dev/null',
    '/proc/self/environ',
    "x' OR '1'='1",
    '',
    '__proto__',
    'constructor',
    'http://127.0.0.1:1/key',
    'k'.repeat(500),
    '\0',
    7,
    null,
    {},
  ])
    forgeries[`key id ${JSON.stringify(kid).slice(0, 30)}`] = signed({ ...header, kid });
  for (const more of [
    { crit: ['exp'] },
    { crit: ['b64'], b64: false },
    { crit: [] },
    { crit: ['none'], none: 1 },
    { b64: false },
    { zip: 'DEF' },
    { cty: 'JWT' },
  ])
    forgeries[`header ${JSON.stringify(more)}`] = signed({ ...header, ...more });
  return Object.entries(forgeries).map(([name, forged]) => ({ name, token: forged }));
}

/** The same bytes with the unused bits of the last letter set. */
function twin(token: string): string {
  return token.slice(0, -1) + (ALPHABET[ALPHABET.indexOf(token.at(-1) ?? 'A') + 1] ?? 'B');
}

/** Ed25519: S plus the group's order gives a second signature where a verifier does not look at its range. */
function plusOrder(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url');
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const little = (slice: Buffer) => BigInt(`0x${Buffer.from(slice).reverse().toString('hex') || '0'}`);
  const scalar = little(bytes.subarray(32)) + order;
  const hex = scalar.toString(16).padStart(64, '0').slice(-64);
  return Buffer.concat([bytes.subarray(0, 32), Buffer.from(hex, 'hex').reverse()]).toString('base64url');
}
