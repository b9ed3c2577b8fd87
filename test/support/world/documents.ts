// Folders of documents for the end-to-end tests: about one subject, with one that is about something else.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLES } from '../../../native-host/checkout/places.ts';

/** The bundled sample documents by name. */
export function sampleDocuments(): Record<string, Buffer> {
  const folder = join(SAMPLES, 'documents');
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

const WORKS = ['sluice', 'weir', 'culvert', 'lock', 'spillway', 'gauge', 'dyke', 'channel'];

/** Documents that take a while to digest, each with a word of its own and all with `word`. */
export function manyDocuments(count: number, word = 'water'): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const work = WORKS[index % WORKS.length] ?? 'gate';
      const sentences = Array.from(
        { length: 40 },
        (_unused, line) =>
          `In ${1900 + line} the ${work} number ${index} let the ${word} through at a level of ${line * 3 + index} centimetres, and the keeper wrote it into the book of the ${work}.`,
      );
      return [`Report ${String(index).padStart(3, '0')} on the ${work}.md`, `# The ${work} number ${index}\n\n${sentences.join(' ')}\n`];
    }),
  );
}
