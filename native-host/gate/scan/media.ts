// Pictures, sounds and fonts. What a picture shows is not read; the words that are written into such a file (titles,
// comments, where and by whom it was taken) are.
type Magic = readonly (readonly [at: number, bytes: string])[];

const MEDIA: readonly Magic[] = [
  [[0, '\x89PNG\r\n\x1a\n']],
  [[0, '\xff\xd8\xff']],
  [[0, 'GIF87a']],
  [[0, 'GIF89a']],
  [
    [0, 'RIFF'],
    [8, 'WEBP'],
  ],
  [
    [0, 'RIFF'],
    [8, 'WAVE'],
  ],
  [[0, 'OggS']],
  [[0, 'fLaC']],
  [[0, 'ID3']],
  [[0, 'OTTO\0']],
  [[0, '\0\x01\0\0\0']],
  [[0, 'wOFF']],
  [[0, 'wOF2']],
];

export function isMedia(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString('latin1');
  return MEDIA.some((magic) => magic.every(([at, expected]) => head.startsWith(expected, at)));
}

/** Runs of so many printable characters are words; shorter ones come about by chance. */
const WORDS = /[\x20-\x7e\t]{6,}/g;
const WIDE_WORDS = /(?:[\x20-\x7e\t]\0){6,}/g;

/** The words in it, in ASCII and in UTF-16. */
export function wordsOfMedia(bytes: Uint8Array): string {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const wide = (data.match(WIDE_WORDS) ?? []).map((run) => run.replaceAll('\0', ''));
  return [...(data.match(WORDS) ?? []), ...wide].join('\n');
}
