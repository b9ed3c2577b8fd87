// Secrets planted in ordinary text and in all that text is packed into, and how many of them the gate's scan finds, beside
// what it flags where there are none. Everything is made from the seed, and once more from another. secretlint's preset,
// which knows fewer kinds and looks into nothing packed, scans the same plain texts for comparison.
import { readFileSync } from 'node:fs';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { createScanner, type Scanner } from '../../native-host/gate/scan/scanner.ts';
import type { Finding } from '../../shared/gate/findings.ts';
import { makeProse } from '../native-host/gate/scan/corpus.ts';
import type { Attack, Member, Outcome } from './member.ts';
import { createRandom, type Random } from './random.ts';
import { type Carried, CARRIERS } from './secrets/carriers.ts';
import { cleanCorpus } from './secrets/clean.ts';
import { createDice, FAMILIES } from './secrets/families.ts';

const MIN_CAUGHT = 0.98;
const MAX_FLAGGED = 0.02;
/** In the short form each family is planted in so many carriers, others for each. */
const SHORT_CARRIERS = 3;
const CLEAN_FILES = { short: 300, full: 4_000 } as const;

export const member: Member = {
  name: 'secrets',
  says: 'of planted secrets at least 98 of 100 are caught, and of ordinary documentation at most 2 of 100 files are flagged',
  async run(attack) {
    const scanner = createScanner(60_000);
    try {
      // Another seed must hold as well, and repeats with the first.
      const first = await plantAll(attack, attack.random, scanner);
      const second = await plantAll(attack, createRandom(attack.seed ^ 0x5eed), scanner);
      const clean = await scanClean(attack, scanner);
      return {
        figures: { ...first.figures, ...prefixed('another seed: ', second.headline), ...clean.figures },
        failures: [...first.failures, ...second.failures, ...clean.failures],
      };
    } finally {
      scanner.close();
    }
  },
};

type Figures = Outcome['figures'];

class Tally {
  readonly rows = new Map<string, { planted: number; caught: number }>();
  count(row: string, caught: boolean): void {
    const known = this.rows.get(row) ?? { planted: 0, caught: 0 };
    this.rows.set(row, { planted: known.planted + 1, caught: known.caught + (caught ? 1 : 0) });
  }
  lines(): [string, string][] {
    return [...this.rows].map(([row, { planted, caught }]) => [row, `${caught} of ${planted}`]);
  }
}

async function plantAll(
  { full, say }: Attack,
  random: Random,
  scanner: Scanner,
): Promise<{ headline: Figures; figures: Figures; failures: string[] }> {
  const dice = createDice(random);
  const byCarrier = new Tally();
  const byFamily = new Tally();
  const missed: string[] = [];
  const failures: string[] = [];
  const peer = { ours: 0, theirs: 0 };
  let planted = 0;
  const names = Object.keys(CARRIERS);
  for (const [number, [family, make]] of Object.entries(FAMILIES).entries()) {
    const carriers = full
      ? names
      : Array.from({ length: SHORT_CARRIERS }, (_, at) => names[(number * SHORT_CARRIERS + at) % names.length] ?? '');
    for (const name of carriers) {
      const { text, secret } = make(dice);
      const before = `${proseOf(random)}\n`;
      const whole = `${before}${text}\n${proseOf(random)}`;
      const from = before.length + text.indexOf(secret);
      const carried = CARRIERS[name]?.(whole, from, from + secret.length, dice) ?? { texts: [] };
      const isCaught = await catches(scanner, carried, secret);
      planted += 1;
      byCarrier.count(name, isCaught);
      byFamily.count(family, isCaught);
      if (!isCaught) missed.push(`${family} in ${name}: ${JSON.stringify(text.slice(0, 120))}`);
    }
    const { text, secret } = make(dice);
    if (await catches(scanner, { texts: [text] }, secret)) peer.ours += 1;
    if (await secretlintFinds(text, secret)) peer.theirs += 1;
  }
  for (const name of names) {
    const prose = `${proseOf(random)}\n${proseOf(random)}`;
    const found = await secretsIn(scanner, CARRIERS[name]?.(prose, 20, 40, dice) ?? { texts: [] });
    if (found.inspected && found.secrets.length > 0) failures.push(`${name} without a secret is flagged: ${found.secrets[0]?.rule}`);
    if (!found.inspected) failures.push(`${name} is not looked into`);
  }
  if (full) for (const [row, count] of [...byCarrier.lines(), ...byFamily.lines()]) say(`${count}  ${row}`);
  if ((planted - missed.length) / planted < MIN_CAUGHT) failures.push(...missed);
  if (peer.theirs > peer.ours) failures.push(`secretlint’s preset finds ${peer.theirs} families, we ${peer.ours}`);
  const headline = { 'secrets planted': planted, 'caught, of 100': hundredth((planted - missed.length) / planted) };
  return {
    headline,
    figures: {
      ...headline,
      families: Object.keys(FAMILIES).length,
      'families found in plain text': peer.ours,
      'families that secretlint’s preset finds there': peer.theirs,
      ...(missed.length === 0 ? {} : { missed: missed.slice(0, 8).join(' · ') }),
      ...prefixed('in ', Object.fromEntries(byCarrier.lines())),
    },
    failures,
  };
}

function proseOf(random: Random): string {
  return makeProse(() => random.below(2 ** 31) / 2 ** 31, 20 + random.below(60)).trimEnd();
}

/** In texts every character of the secret must be covered; bytes go or stay as a whole. */
async function catches(scanner: Scanner, carried: Carried, secret: string): Promise<boolean> {
  const { secrets } = await secretsIn(scanner, carried);
  if (secrets.length === 0 || !('texts' in carried)) return secrets.length > 0;
  // What is left when every finding is cut out; nothing that could be put together again may be the secret's.
  const left = carried.texts
    .map((text, index) =>
      without(
        text,
        secrets.filter((finding) => finding.text === index),
      ),
    )
    .join('');
  return !left.includes(secret) && !pieces(secret).some((piece) => left.includes(piece));
}

function without(text: string, findings: readonly Finding[]): string {
  const keep = [...text];
  for (const { start, end } of findings) keep.fill('\0', start, end);
  return keep.join('');
}

/** Pieces long enough to be told from words. */
function pieces(secret: string): string[] {
  return [secret.slice(0, 10), secret.slice(-10), secret.slice(secret.length / 2 - 5, secret.length / 2 + 5)].filter(
    (piece) => piece.length === 10 && !piece.includes('---'),
  );
}

async function secretsIn(scanner: Scanner, carried: Carried): Promise<{ inspected: boolean; secrets: Finding[] }> {
  const scan = 'texts' in carried ? await scanner.texts(carried.texts) : await scanner.bytes(carried.bytes);
  return { inspected: scan.inspected, secrets: scan.findings.filter(({ kind }) => kind === 'secret') };
}

async function secretlintFinds(text: string, secret: string): Promise<boolean> {
  const from = text.indexOf(secret);
  const { messages } = await lintSource({
    source: { filePath: 'note.txt', content: text, contentType: 'text', ext: '.txt' },
    options: { config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] } },
  });
  return messages.some(({ range }) => range[0] < from + secret.length && range[1] > from);
}

async function scanClean({ random, full, say }: Attack, scanner: Scanner): Promise<Outcome> {
  const { from, files } = cleanCorpus(random, full ? CLEAN_FILES.full : CLEAN_FILES.short);
  const flagged: string[] = [];
  let personal = 0;
  let closed = 0;
  for (const file of files) {
    const scan = await scanner.bytes(readFileSync(file));
    const rules = scan.findings.filter(({ kind }) => kind === 'secret').map(({ rule }) => rule);
    if (rules.length > 0) flagged.push(`${file}: ${[...new Set(rules)].join(', ')}`);
    if (!scan.inspected) closed += 1;
    else if (scan.findings.some(({ kind }) => kind !== 'secret')) personal += 1;
  }
  for (const line of flagged) say(`flagged  ${line}`);
  const share = flagged.length / Math.max(1, files.length - closed);
  return {
    figures: {
      'clean files': `${files.length} of ${from}`,
      'clean files flagged, of 100': hundredth(share),
      'clean files with addresses of people, of 100': hundredth(personal / files.length),
      'clean files that are no text (closed), of 100': hundredth(closed / files.length),
    },
    failures: share > MAX_FLAGGED ? flagged : [],
  };
}

function prefixed(prefix: string, figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [prefix + name, value]));
}

function hundredth(share: number): number {
  return Math.round(share * 10_000) / 100;
}
