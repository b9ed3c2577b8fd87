// Names groups of texts: a keyword that the group's members share and the rest of the texts do not.
import { keywords } from './keywords.ts';
import { fold } from './words.ts';

const MAX_NAMES_WEIGHED = 12;

/** One name a group, all different; a group without any keyword is named by its number, from 1. */
export function nameGroups(groups: readonly (readonly number[])[], texts: readonly string[]): string[] {
  const folded = texts.map(fold);
  const names: string[] = [];
  for (const [index, group] of groups.entries()) {
    const members = group.map((member) => texts[member] ?? '');
    const outside = folded.filter((_, at) => !group.includes(at));
    const inside = group.map((member) => folded[member] ?? '');
    const best = keywords(members, { max: MAX_NAMES_WEIGHED })
      .filter(({ term }) => !names.includes(term))
      .map(({ term, weight }) => ({ term, value: weight * telling(fold(term), inside, outside) }))
      .sort((a, b) => b.value - a.value)[0];
    names.push(best?.term ?? `${index + 1}`);
  }
  return names;
}

/** 1 when all members have the term and no other text has it, towards 0 the less it tells them apart. */
function telling(term: string, inside: readonly string[], outside: readonly string[]): number {
  return shareWith(term, inside) * (1 - 0.8 * shareWith(term, outside));
}

function shareWith(term: string, folded: readonly string[]): number {
  if (folded.length === 0) return 0;
  return folded.filter((text) => text.includes(term)).length / folded.length;
}
