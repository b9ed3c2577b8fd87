// Seals a text to this device: a compact JWE (RFC 7516) with ECDH-ES over X25519 (RFC 8037) and AES-256-GCM, as jose makes and
// reads it. Made here from Node's own primitives in one go, because a run waits for it on its way to the cloud: jose does the
// same over half a dozen turns of the thread pool.
import { createCipheriv, createHash, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

const ENCRYPTION = 'A256GCM';
const KEY_BITS = 256;
/** Of GCM, for JWE (RFC 7518, section 5.3). */
const NONCE_BYTES = 12;
/** When what the text was sealed for is on its way. */
const AHEAD_MS = 100;

interface OneTime {
  header: string;
  key: Buffer;
}

/** A sealer for the holder of the private half of `jwk`. Every text has a key of its own; the next one is made ahead. */
export function createSealer(jwk: { kty: string; crv: string; x: string }): (text: string) => string {
  const recipient = createPublicKey({ key: { ...jwk }, format: 'jwk' });
  let next: OneTime | null = agree(recipient);
  return (text) => {
    const { header, key } = next ?? agree(recipient);
    next = null;
    setTimeout(() => (next ??= agree(recipient)), AHEAD_MS).unref();
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(header, 'ascii'));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    // Direct key agreement: the place of an encrypted key stays empty.
    return [header, '', encode(nonce), encode(sealed), encode(cipher.getAuthTag())].join('.');
  };
}

/** A key that only the recipient can find again, by the public half in the header. */
function agree(recipient: KeyObject): OneTime {
  const ours = generateKeyPairSync('x25519');
  const { kty, crv, x } = ours.publicKey.export({ format: 'jwk' });
  const secret = diffieHellman({ privateKey: ours.privateKey, publicKey: recipient });
  return {
    header: encode(JSON.stringify({ alg: 'ECDH-ES', enc: ENCRYPTION, epk: { kty, crv, x } })),
    key: concatKdf(secret),
  };
}

/** The key for direct agreement from the agreed secret, without party infos: one round of RFC 7518, section 4.6.2. */
function concatKdf(secret: Uint8Array): Buffer {
  const name = Buffer.from(ENCRYPTION, 'ascii');
  const nobody = uint32(0);
  return createHash('sha256')
    .update(Buffer.concat([uint32(1), secret, uint32(name.length), name, nobody, nobody, uint32(KEY_BITS)]))
    .digest();
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function encode(bytes: string | Buffer): string {
  return Buffer.from(bytes).toString('base64url');
}
