// Light stemmers of our own: they bring the forms of one noun together (files/file, Dateien/Datei) and most forms of a
// verb. They are not linguistics: a stem is a key for comparing and is never shown.

/** BCP 47 codes; `und` is "undetermined": too little text, or a language we have no stemmer for. */
export type Language = 'en' | 'de' | 'und';

/** The key under which the forms of a word meet. Takes a folded word (see `fold` in words.ts). */
export function stem(folded: string, language: Language): string {
  if (language === 'en') return stemEnglish(folded);
  if (language === 'de') return stemGerman(folded);
  return folded.length > 4 && /[a-zà-ÿ]s$/.test(folded) ? folded.slice(0, -1) : folded;
}

function stemEnglish(folded: string): string {
  const singular = dropPlural(folded.replace(/'s?$/, ''));
  const base = dropVerbEnding(singular);
  if (base.length > 3 && /[^aeiou]y$/.test(base)) return `${base.slice(0, -1)}i`;
  return base.length > 3 && base.endsWith('e') ? base.slice(0, -1) : base;
}

function dropPlural(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.length > 3 && /[^sui]s$/.test(word) ? word.slice(0, -1) : word;
}

/** `planned` and `planning` → `plan`, `stored` → `stor` (as `store` gives); `speed`, `string` and `need` stay. */
function dropVerbEnding(word: string): string {
  const match = /^(.*[aeiouy].*)(?:ing|(?<!e)ed)$/.exec(word);
  const base = match?.[1];
  if (base === undefined || base.length < 3) return word;
  if (/(?:[bdfgmnprt])$/.test(base) && base.at(-1) === base.at(-2)) return base.slice(0, -1);
  return base.length > 5 && base.endsWith('ll') ? base.slice(0, -1) : base;
}

const GERMAN_ENDINGS = ['ern', 'em', 'en', 'er', 'es', 'e'];

/** Folds umlauts, then takes off up to two endings of declension, leaving at least three letters. */
function stemGerman(folded: string): string {
  const plain = folded.replaceAll('ß', 'ss').replaceAll('ä', 'a').replaceAll('ö', 'o').replaceAll('ü', 'u');
  const masculine = plain.length > 7 && plain.endsWith('innen') ? plain.slice(0, -3) : plain;
  const base = dropGermanEnding(dropGermanEnding(masculine));
  return base.endsWith('niss') ? base.slice(0, -1) : base;
}

function dropGermanEnding(word: string): string {
  const ending = GERMAN_ENDINGS.find((candidate) => word.endsWith(candidate) && word.length - candidate.length >= 3);
  if (ending !== undefined) return word.slice(0, -ending.length);
  return word.length > 4 && /(?:[bdfghkmnrto]s|ln)$/.test(word) ? word.slice(0, -1) : word;
}
