// One standing warrant: what others may start here without a question, and within which limits. It is made in the host's own
// window or in a terminal; here it can be ended.
import type { StandingView } from '../../../shared/protocol/native.ts';
import { t, tCount } from '../../i18n.ts';
import { ClockIcon } from '../look/icons.tsx';
import { Name } from '../look/name.tsx';
import { bytesWords, dayWords, recipeWords } from '../words.ts';
import type { Ask } from '../worker.ts';
import { Revoke } from './revoke.tsx';

export interface WarrantCardProps {
  warrant: StandingView;
  /** Of a granted folder; `undefined` when it is not granted any more. */
  nameOf(grant: string): string | undefined;
  ask: Ask;
}

export function WarrantCard({ warrant, nameOf, ask }: WarrantCardProps) {
  const { id, recipe, grants, egressBytes, changes, runsToday, runsPerDay, expiresAt } = warrant;
  return (
    <li class="card grant" data-warrant={id}>
      <h3 id={`name-${id}`}>
        <ClockIcon size={18} />
        {recipeWords(recipe)}
      </h3>
      {grants.length > 0 && (
        <p class="muted path">
          <Name>{grants.map((grant) => nameOf(grant) ?? t('warrant_gone')).join(', ')}</Name>
        </p>
      )}
      <ul class="may">
        <li>{egressBytes === 0 ? t('plan_no_bytes') : t('warrant_bytes', bytesWords(egressBytes))}</li>
        <li>{changes === 0 ? t('warrant_no_changes') : tCount('warrant_changes', changes)}</li>
        <li>{t('warrant_today', String(runsToday), String(runsPerDay))}</li>
        <li>{t('warrant_until', dayWords(expiresAt))}</li>
      </ul>
      <Revoke id={id} text={t('warrant_end_text')} act={() => ask('warrants.end', { warrant: id })} />
    </li>
  );
}
