// Names that the journal itself gives.
import { nextName } from '../../shared/gate/names.ts';
import { HeadgateError } from '../../shared/errors.ts';
import { look, type Spot } from '../gate/resolve/anchored.ts';
import { pooledRandom } from '../state/random.ts';

const MAX_NAMES = 500;
/** A name on disk may have 255 bytes. */
const MAX_STEM_BYTES = 180;

/** A name under which something lies for a moment, known to the journal before it is used. */
export function temporaryName(): string {
  return `.headgate-${pooledRandom(12).toString('hex')}.tmp`;
}

/** A free name beside this one: `letter (before Headgate).txt`. */
export function besideName({ folder, name }: Spot): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 && name.length - dot <= 12 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  let short = stem;
  while (Buffer.byteLength(short) > MAX_STEM_BYTES) short = short.slice(0, -1);
  return freeName({ folder, name: `${short.toWellFormed()} (before Headgate)${extension}` });
}

/** This name or the first numbered one like it that is free now: `letter.txt`, `letter (2).txt`. Throws `name_taken`. */
export function freeName({ folder, name }: Spot): string {
  for (let attempt = 1; attempt <= MAX_NAMES; attempt += 1) {
    const candidate = nextName(name, attempt);
    if (look({ folder, name: candidate }) === null) return candidate;
  }
  throw new HeadgateError('name_taken', `The name and ${MAX_NAMES - 1} numbered ones like it are all taken.`, {
    next: 'Choose another name or folder.',
  });
}
