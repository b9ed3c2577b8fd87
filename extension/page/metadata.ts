// What a page says about itself: title, author, site, date, language. Pages are hostile until proven plain, so every
// value is one line of capped text; nothing here is trusted to name a file (shared/gate/names.ts makes names).
import type { Clip } from '../../shared/ops/args.ts';
import { pageUrl } from './page-url.ts';
import { readStructured, type Structured } from './structured.ts';

export function readMetadata(page: Document, byline: string | undefined, now: Date): Clip {
  const structured = readStructured(page);
  const meta = (...names: string[]) => firstMeta(page, names);
  const author = line(meta('author', 'article:author', 'dc.creator') ?? structured.author ?? byline, 200);
  const site = line(meta('og:site_name', 'application-name') ?? structured.site, 200);
  const published = line(
    meta('article:published_time', 'datePublished', 'date', 'dc.date', 'dcterms.date') ?? structured.published ?? firstTime(page),
    60,
  );
  const language = line(page.documentElement.lang || meta('content-language', 'og:locale'), 35);
  const clip: Clip = {
    title: line(titleOf(page, structured, site), 500) ?? '',
    url: pageUrl(page.location?.href ?? page.URL, (id) => page.getElementById(id) !== null),
    clippedAt: now.toISOString(),
  };
  if (author !== undefined && !/^https?:/.test(author)) clip.author = author.replace(/^(by|von)\s+/i, '');
  if (site !== undefined) clip.site = site;
  if (published !== undefined) clip.published = published;
  if (language !== undefined) clip.language = language.replace('_', '-');
  return clip;
}

/** The page's own headline where `<title>` only adds the site's name to it. */
function titleOf(page: Document, structured: Structured, site: string | undefined): string | undefined {
  const whole = line(page.title, 500);
  const headline = firstMeta(page, ['og:title']) ?? structured.headline ?? page.querySelector('h1')?.textContent ?? undefined;
  const short = line(headline, 500);
  if (whole === undefined) return short;
  if (short !== undefined && whole.toLowerCase().startsWith(short.toLowerCase())) return short;
  const tail = site === undefined ? null : new RegExp(`\\s*[|–—·:-]\\s*${site.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`, 'i');
  return tail === null ? whole : whole.replace(tail, '') || whole;
}

function firstMeta(page: Document, names: string[]): string | undefined {
  for (const name of names) {
    const element = page.querySelector(
      `meta[name="${name}" i], meta[property="${name}" i], meta[itemprop="${name}" i], meta[http-equiv="${name}" i]`,
    );
    const content = element?.getAttribute('content')?.trim();
    if (content) return content;
  }
  return undefined;
}

function firstTime(page: Document): string | undefined {
  return page.querySelector('article time[datetime], main time[datetime]')?.getAttribute('datetime') ?? undefined;
}

/** One line of at most `max` characters, or `undefined` when there is nothing. */
function line(text: string | undefined, max: number): string | undefined {
  const oneLine = text?.replace(/\s+/gu, ' ').trim().slice(0, max);
  return oneLine === '' ? undefined : oneLine;
}
