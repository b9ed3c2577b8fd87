// The entries of a tar archive (POSIX ustar, with the long names of GNU and pax). What is not tar to the end is `null`.
const BLOCK = 512;
const MAGIC = [0x75, 0x73, 0x74, 0x61, 0x72];
const MAGIC_AT = 257;

export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= 2 * BLOCK && MAGIC.every((byte, at) => bytes[MAGIC_AT + at] === byte);
}

/** Names and contents. */
export function untar(tar: Uint8Array, maxEntries: number): Uint8Array[] | null {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (let entry = 0; entry < maxEntries && at + BLOCK <= tar.length; entry += 1) {
    if (tar[at] === 0) return tar.subarray(at).every((byte) => byte === 0) ? parts : null;
    if (!isTar(tar.subarray(at, at + 2 * BLOCK))) return null;
    const size = octal(tar.subarray(at + 124, at + 136));
    if (size === null || at + BLOCK + size > tar.length) return null;
    // Its name, the name that it links to, its owner's names, and its folder.
    for (const [from, to] of FIELDS) parts.push(trimmed(tar.subarray(at + from, at + to)));
    const body = tar.subarray(at + BLOCK, at + BLOCK + size);
    parts.push(LONG_NAMES.has(tar[at + 156] ?? 0) ? trimmed(body) : body);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return at >= tar.length ? parts : null;
}

const FIELDS = [
  [0, 100],
  [157, 257],
  [265, 329],
  [345, 500],
] as const;

/** GNU's entries that hold the name (`L`) or link (`K`) of the next one. */
const LONG_NAMES: ReadonlySet<number> = new Set([0x4b, 0x4c]);

/** Without the zeros that fill a field up; those between two names become line ends. */
function trimmed(field: Uint8Array): Uint8Array {
  let end = field.length;
  while (end > 0 && field[end - 1] === 0) end -= 1;
  return field.subarray(0, end).map((byte) => (byte === 0 ? 10 : byte));
}

function octal(field: Uint8Array): number | null {
  const digits = /^ *([0-7]{1,11})[ \0]*$/.exec(Buffer.from(field).toString('latin1'))?.[1];
  return digits === undefined ? null : Number.parseInt(digits, 8);
}
