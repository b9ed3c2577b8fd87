// Which files count as documents: those whose text can be read here, by their name.

const KINDS = {
  markdown: ['md', 'markdown', 'mdown', 'mkd'],
  html: ['html', 'htm', 'xhtml'],
  pdf: ['pdf'],
  docx: ['docx', 'docm', 'dotx'],
  text: ['txt', 'text', 'log', 'rst', 'adoc', 'asciidoc', 'org', 'tex', 'textile', 'wiki', 'csv', 'tsv'],
} as const;

export type DocumentKind = keyof typeof KINDS;

const KIND_OF = new Map<string, DocumentKind>(
  Object.entries(KINDS).flatMap(([kind, extensions]) => extensions.map((extension) => [extension, kind as DocumentKind] as const)),
);

/** A digest that Headgate wrote itself is no document of its folder: `Digest 2026-11-21 (2).md`. */
const OWN_DIGEST = /^Digest \d{4}-\d\d-\d\d( \(\d+\))?\.md$/;

export function documentKind(name: string): DocumentKind | null {
  return KIND_OF.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) ?? null;
}

export function isDocument(name: string): boolean {
  return documentKind(name) !== null && !OWN_DIGEST.test(name);
}
