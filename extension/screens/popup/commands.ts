// What the box offers for what was typed: Find first, then the actions whose words begin like the words typed. Pure.
import type { GrantView } from '../../../shared/gate/grants.ts';
import { escapeForDisplay } from '../../../shared/gate/names.ts';
import type { GrantId } from '../../../shared/ids.ts';
import { t } from '../../i18n.ts';
import type { PageState } from '../layers/trouble.ts';

export type Command =
  | { id: string; kind: 'find'; label: string; query: string }
  | { id: string; kind: 'save'; label: string; grant: GrantId }
  | { id: string; kind: 'digest'; label: string; grant: GrantId }
  | { id: string; kind: 'info'; label: string }
  | { id: string; kind: 'choose'; label: string };

/** Choices shown at once. */
const MAX_CHOICES = 9;
/** The cap of the recipe's query. */
const MAX_QUERY_CHARS = 400;

export function commandsFor(typed: string, grants: readonly GrantView[], page: PageState): Command[] {
  const query = typed.trim().slice(0, MAX_QUERY_CHARS);
  const ready = grants.filter((grant) => grant.state === 'ready');
  const writable = ready.filter((grant) => grant.rights.includes('write'));
  const nameOf = (grant: GrantView) => escapeForDisplay(grant.name);
  const saves: Command[] =
    page === 'ready'
      ? writable.map((grant) => ({ id: `save:${grant.id}`, kind: 'save', label: t('command_save', nameOf(grant)), grant: grant.id }))
      : [];
  const digests = writable
    .filter((grant) => grant.rights.includes('read'))
    .map((grant): Command => ({ id: `digest:${grant.id}`, kind: 'digest', label: t('command_digest', nameOf(grant)), grant: grant.id }));
  const others: Command[] = [
    { id: 'info', kind: 'info', label: t('command_info') },
    { id: 'choose', kind: 'choose', label: t('command_choose') },
  ];
  const matching = [...saves, ...digests, ...others].filter((command) => matches(query, command.label));
  const find: Command[] = query === '' ? [] : [{ id: 'find', kind: 'find', label: t('command_find', query), query }];
  return [...find, ...matching].slice(0, MAX_CHOICES);
}

/** Every word typed begins a word of the label. */
function matches(query: string, label: string): boolean {
  const words = fold(label).split(/[^\p{L}\p{N}]+/u);
  return fold(query)
    .split(/\s+/)
    .every((part) => part === '' || words.some((word) => word.startsWith(part)));
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
