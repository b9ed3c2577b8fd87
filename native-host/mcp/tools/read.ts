// The tools that read files: read_text_file, read_media_file, read_multiple_files. Each file is opened through the gate,
// and what was read goes out through give.ts alone.
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { HeadgateError, toErrorData } from '../../../shared/errors.ts';
import { openFile, type OpenFile, readFile } from '../../gate/resolve.ts';
import { MAX_READ_BYTES } from '../../ops/access.ts';
import { decodeText } from '../../ops/decode.ts';
import type { Areas } from '../areas.ts';
import type { Gift } from '../give.ts';
import { firstLines, lastLines } from '../lines.ts';
import { type Answer, READS, type Services, tool } from './tool.ts';

/** Files of one read_multiple_files, and all of them together. */
const MAX_FILES = 200;
const Lines = z.number().optional();

const ReadText = z.object({
  path: z.string(),
  tail: Lines.describe('If provided, returns only the last N lines of the file'),
  head: Lines.describe('If provided, returns only the first N lines of the file'),
});

async function readText(toolName: string, { path, head, tail }: z.infer<typeof ReadText>, services: Services): Promise<Answer> {
  if (head && tail) throw new HeadgateError('invalid_params', 'Cannot specify both head and tail parameters simultaneously');
  const gift = readGift(path, services, (file) => {
    if (tail) return lastLines(file, tail);
    if (head) return firstLines(file, head);
    return { text: textOf(readFile(file, MAX_READ_BYTES)) };
  });
  const [text = ''] = await services.giver.give(toolName, [gift]);
  return { text };
}

const MIME_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
  svg: 'image/svg+xml',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
};

async function readMedia({ path }: { path: string }, { areas, giver }: Services): Promise<Answer> {
  const gift = readGift(path, { areas, giver }, (file) => {
    const whole = readFile(file, MAX_READ_BYTES);
    return { text: whole.toString('base64'), whole };
  });
  const [data = ''] = await giver.give('read_media_file', [gift]);
  const name = gift.file.path.toLowerCase();
  const mimeType = MIME_TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  const [family] = mimeType.split('/');
  if (family === 'image' || family === 'audio') return { media: { type: family, data, mimeType } };
  return { media: { type: 'resource', resource: { uri: pathToFileURL(areas.absoluteOf(gift.file)).href, mimeType, blob: data } } };
}

/** One answer for all files: what fails for one stands in its place. What needs the person's yes is asked for all at once. */
async function readMultiple({ paths }: { paths: string[] }, services: Services): Promise<Answer> {
  let left = MAX_READ_BYTES;
  const read = paths.map((path): { path: string } & ({ gift: Gift } | { failed: string }) => {
    try {
      const gift = readGift(path, services, (file) => ({ text: textOf(readFile(file, left)) }));
      left -= gift.file.facts.size;
      return { path, gift };
    } catch (thrown) {
      return { path, failed: toErrorData(thrown).message };
    }
  });
  const gifts = read.flatMap((each) => ('gift' in each ? [each.gift] : []));
  const texts = gifts.length === 0 ? [] : await services.giver.give('read_multiple_files', gifts);
  let given = 0;
  const parts = read.map((each) => ('gift' in each ? `${each.path}:\n${texts[given++] ?? ''}\n` : `${each.path}: Error - ${each.failed}`));
  return { text: parts.join('\n---\n') };
}

/** Opens a file, lets `take` read of it, and keeps what the gate needs to know of it. */
export function readGift(
  path: string,
  { areas, giver }: { areas: Areas; giver: Services['giver'] },
  take: (file: OpenFile) => Pick<Gift, 'text' | 'whole'>,
): Gift {
  const place = areas.locate(path, 'read');
  giver.refuseHome(place);
  using file = openFile(place.grant, place.path);
  giver.refuseHome(place, file.facts);
  return { file: { ...place, facts: file.facts }, ...take(file) };
}

/** The text of a file. Throws `no_text` for one that is none. */
export function textOf(bytes: Uint8Array): string {
  const text = decodeText(bytes);
  if (text === null) throw new HeadgateError('no_text', 'This file is not text. read_media_file reads any file.');
  return text;
}

const DESCRIPTION =
  "Read the contents of a file from the file system as text. Use the 'head' parameter to read only the first N lines of a file, or the 'tail' " +
  'parameter to read only the last N lines of a file. Only works within allowed directories; files labelled “ask” are read once the person has said yes.';

export const READ_TOOLS = [
  tool({
    name: 'read_file',
    title: 'Read File (Deprecated)',
    description: 'Read the complete contents of a file as text. DEPRECATED: Use read_text_file instead.',
    input: ReadText,
    annotations: READS,
    run: (args, services) => readText('read_file', args, services),
  }),
  tool({
    name: 'read_text_file',
    title: 'Read Text File',
    description: DESCRIPTION,
    input: ReadText,
    annotations: READS,
    run: (args, services) => readText('read_text_file', args, services),
  }),
  tool({
    name: 'read_media_file',
    title: 'Read Media File',
    description:
      'Read a file and return it as a base64-encoded content block with its MIME type. Image and audio files are returned as image/audio content; ' +
      'any other file type is returned as an embedded resource. Only works within allowed directories.',
    input: z.object({ path: z.string() }),
    annotations: READS,
    media: true,
    run: readMedia,
  }),
  tool({
    name: 'read_multiple_files',
    title: 'Read Multiple Files',
    description:
      'Read the contents of multiple files at once. Each file’s content is returned with its path as a reference. Failed reads for individual files ' +
      'won’t stop the entire operation. Only works within allowed directories.',
    input: z.object({
      paths: z
        .array(z.string())
        .min(1, 'At least one file path must be provided')
        .max(MAX_FILES)
        .describe('Array of file paths to read. Each path must be a string pointing to a valid file within allowed directories.'),
    }),
    annotations: READS,
    run: readMultiple,
  }),
];
