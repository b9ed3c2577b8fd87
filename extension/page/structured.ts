// What a page says of itself in JSON-LD (https://schema.org): headline, author, date, publisher. Broken or huge blocks are
// passed over; the page is not ours to complain about.

export interface Structured {
  headline?: string;
  author?: string;
  published?: string;
  site?: string;
}

const MAX_BLOCKS = 20;
const MAX_BLOCK_CHARS = 200_000;
const MAX_DEPTH = 4;

export function readStructured(page: Document): Structured {
  const found: Structured = {};
  const blocks = [...page.querySelectorAll('script[type="application/ld+json"]')].slice(0, MAX_BLOCKS);
  for (const block of blocks) collect(parseBlock(block.textContent ?? ''), found, 0);
  return found;
}

function parseBlock(text: string): unknown {
  if (text.length > MAX_BLOCK_CHARS) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function collect(value: unknown, found: Structured, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    for (const item of value.slice(0, 50)) collect(item, found, depth + 1);
    return;
  }
  const thing = value as Record<string, unknown>;
  if ('@graph' in thing) collect(thing['@graph'], found, depth + 1);
  if (!('datePublished' in thing) && !('headline' in thing)) return;
  keep(found, 'headline', thing.headline ?? thing.name);
  keep(found, 'published', thing.datePublished);
  keep(found, 'author', nameOf(thing.author));
  keep(found, 'site', nameOf(thing.publisher));
}

function keep(found: Structured, key: keyof Structured, value: unknown): void {
  if (found[key] === undefined && typeof value === 'string' && value.trim() !== '') found[key] = value;
}

function nameOf(value: unknown): unknown {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'object' && first !== null && 'name' in first ? first.name : first;
}
