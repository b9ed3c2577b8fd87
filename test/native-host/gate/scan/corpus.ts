// Corpora made from a seed: secrets of many kinds, planted in prose and packed in the ways in which files hold text. The
// same seed gives the same corpus on every machine.
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

/** Mulberry32: small, and good enough to make up keys. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const DIGIT = '0123456789';
const ALNUM = UPPER + LOWER + DIGIT;
const HEX = '0123456789abcdef';
const BASE64 = `${ALNUM}+/`;

export interface Planted {
  kind: string;
  /** As it stands in the text: with the words that belong to it. */
  line: string;
  secret: string;
}

type Make = (chars: (alphabet: string, count: number) => string) => { line: string; secret: string };
const bare = (secret: string) => ({ line: secret, secret });

const KINDS: Readonly<Record<string, Make>> = {
  aws: (c) => bare(`AKIA${c(`${UPPER}234567`, 16)}`),
  awsSecret: (c) => within('aws_secret_access_key = ', c(BASE64, 40)),
  google: (c) => bare(`AIza${c(`${ALNUM}_-`, 35)}`),
  azureStorage: (c) => within('DefaultEndpointsProtocol=https;AccountName=weir;AccountKey=', `${c(BASE64, 86)}==`),
  azureClient: (c) => bare(`${c(ALNUM, 3)}8Q~${c(ALNUM, 34)}`),
  github: (c) => bare(`ghp_${c(ALNUM, 36)}`),
  githubFine: (c) => bare(`github_pat_${c(ALNUM, 22)}_${c(ALNUM, 59)}`),
  gitlab: (c) => bare(`glpat-${c(ALNUM, 20)}`),
  slack: (c) => bare(`xoxb-${c(DIGIT, 12)}-${c(DIGIT, 13)}-${c(ALNUM, 24)}`),
  slackHook: (c) => within('https://hooks.slack.com/', `services/T${c(UPPER, 9)}/B${c(UPPER, 9)}/${c(ALNUM, 24)}`),
  stripe: (c) => bare(`sk_live_${c(ALNUM, 24)}`),
  openai: (c) => bare(`sk-proj-${c(ALNUM, 64)}`),
  anthropic: (c) => bare(`sk-ant-api03-${c(ALNUM, 93)}AA`),
  npm: (c) => bare(`npm_${c(ALNUM, 36)}`),
  pypi: (c) => bare(`pypi-AgEIcHlwaS5vcmc${c(ALNUM, 60)}`),
  sendgrid: (c) => bare(`SG.${c(ALNUM, 22)}.${c(ALNUM, 43)}`),
  twilio: (c) => bare(`SK${c(HEX, 32)}`),
  telegram: (c) => ((secret) => ({ line: `${c('123456789', 9)}${secret}`, secret }))(`:AA${c(ALNUM, 33)}`),
  digitalOcean: (c) => bare(`dop_v1_${c(HEX, 64)}`),
  shopify: (c) => bare(`shpat_${c(HEX, 32)}`),
  huggingFace: (c) => bare(`hf_${c(UPPER + LOWER, 34)}`),
  linear: (c) => bare(`lin_api_${c(ALNUM, 40)}`),
  vault: (c) => bare(`hvs.${c(ALNUM, 90)}`),
  jwt: (c) => bare(`${json({ alg: 'HS256', typ: 'JWT' })}.${json({ sub: c(DIGIT, 10), iat: 1_700_000_000 })}.${c(ALNUM, 43)}`),
  privateKey: (c) =>
    bare(`-----BEGIN RSA PRIVATE KEY-----\n${Array.from({ length: 12 }, () => c(BASE64, 64)).join('\n')}\n-----END RSA PRIVATE KEY-----`),
  sshKey: (c) =>
    bare(
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${Array.from({ length: 6 }, () => c(BASE64, 70)).join('\n')}\n-----END OPENSSH PRIVATE KEY-----`,
    ),
  postgres: (c) => within('postgres://weir:', c(ALNUM, 14), '@db.internal:5432/gate'),
  mongo: (c) => within('mongodb+srv://keeper:', c(`${ALNUM}!.`, 16), '@cluster0.mongodb.net/river'),
  password: (c) => within('password = "', `${c(LOWER, 5)}${c(DIGIT, 3)}${c('!#&+', 1)}${c(UPPER, 4)}`, '"'),
  passwordEnv: (c) => within('DB_PASSWORD=', `${c(UPPER, 3)}${c(DIGIT, 3)}${c(LOWER, 8)}`),
  passwordJson: (c) => within('"password": "', `${c(ALNUM, 10)}${c(DIGIT, 2)}${c('!*', 1)}${c(UPPER, 1)}${c(LOWER, 1)}`, '"'),
  apiKey: (c) => within('api_key: ', `${c(LOWER, 2)}${c(ALNUM, 28)}${c(DIGIT, 2)}`),
  clientSecret: (c) => within("client_secret = '", `${c(ALNUM, 30)}${c(DIGIT, 2)}`, "'"),
  bearer: (c) => within('Authorization: Bearer ', `${c(ALNUM, 38)}${c(DIGIT, 2)}`),
  datadog: (c) => within('DATADOG_API_KEY=', c(HEX, 32)),
  bcrypt: (c) => bare(`$2b$12$${c(`${ALNUM}./`, 53)}`),
};

function within(before: string, secret: string, after = ''): { line: string; secret: string } {
  return { line: `${before}${secret}${after}`, secret };
}

function json(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

export const SECRET_KINDS = Object.keys(KINDS);

/** `count` secrets, every kind in turn. */
export function makeSecrets(random: () => number, count: number): Planted[] {
  const chars = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
  return Array.from({ length: count }, (_, index) => {
    const kind = SECRET_KINDS[index % SECRET_KINDS.length] ?? 'aws';
    return { kind, ...(KINDS[kind] as Make)(chars) };
  });
}

const WORDS =
  'the river gate water level channel weir mill stone bank reed willow barge lock tide keeper opens before noon and measures what goes through it every day of spring'.split(
    ' ',
  );

export function makeProse(random: () => number, words: number): string {
  let text = '';
  for (let at = 0; at < words; at += 1) text += `${WORDS[Math.floor(random() * WORDS.length)]}${at % 12 === 11 ? '.\n' : ' '}`;
  return text;
}

/** Texts of one release, or the bytes of one file, that hold a planted secret. */
export type Carried = { texts: string[] } | { bytes: Uint8Array };

export const CARRIERS: Readonly<Record<string, (random: () => number, planted: Planted) => Carried>> = {
  prose: (random, { line }) => ({ texts: [around(random, line)] }),
  'two texts': (random, { line, secret }) => {
    const text = around(random, line);
    const cut = text.indexOf(secret) + 1 + Math.floor(random() * (secret.length - 1));
    return { texts: [text.slice(0, cut), text.slice(cut)] };
  },
  'a long text': (random, { line }) => ({ texts: [makeProse(random, 15_000) + around(random, line) + makeProse(random, 15_000)] }),
  base64: (random, { line }) => ({
    texts: [`${makeProse(random, 40)}${Buffer.from(around(random, line)).toString('base64')} ${makeProse(random, 9)}`],
  }),
  'wrapped base64': (random, { line }) => ({
    texts: [`${makeProse(random, 40)}\n${wrap(Buffer.from(around(random, line)).toString('base64'))}\n\n${makeProse(random, 9)}`],
  }),
  'base64 of gzip': (random, { line }) => ({ texts: [`data: ${gzipSync(around(random, line)).toString('base64')}\n`] }),
  'UTF-16 with a mark': (random, { line }) => ({ bytes: Buffer.from(`\ufeff${around(random, line)}`, 'utf16le') }),
  'UTF-16 without a mark': (random, { line }) => ({ bytes: Buffer.from(around(random, line), 'utf16le') }),
  'UTF-16, big-endian': (random, { line }) => ({ bytes: Buffer.from(`\ufeff${around(random, line)}`, 'utf16le').swap16() }),
  gzip: (random, { line }) => ({ bytes: gzipSync(around(random, line)) }),
  DOCX: (random, { line }) => ({ bytes: makeDocx(around(random, line)) }),
  'DOCX in parts': (random, { line }) => ({ bytes: makeDocx(around(random, line), 5) }),
};

function around(random: () => number, line: string): string {
  return `${makeProse(random, 30 + Math.floor(random() * 60))}\n${line}\n${makeProse(random, 30)}`;
}

function wrap(base64: string): string {
  return base64.replace(/.{76}/g, '$&\n');
}

/** A Word document, its text cut into runs of `runs` pieces a line. */
export function makeDocx(text: string, runs = 1): Buffer {
  const escapeXml = (part: string) => part.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const pieces = (line: string) =>
    Array.from({ length: runs }, (_, at) => line.slice(Math.floor((at * line.length) / runs), Math.floor(((at + 1) * line.length) / runs)));
  const paragraphs = text.split('\n').map(
    (line) =>
      `<w:p>${pieces(line)
        .map((piece) => `<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">${escapeXml(piece)}</w:t></w:r>`)
        .join('')}</w:p>\n`,
  );
  return makeZip({
    '[Content_Types].xml': '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    'word/document.xml': `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${paragraphs.join('')}</w:body></w:document>`,
  });
}

export function makeZip(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const body = Buffer.from(content);
    const packed = deflateRawSync(body);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc32(body), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(body.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), shared, rest, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(locals.length, 8);
  end.writeUInt16LE(locals.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
