// One granted folder: what may be done in it and what may leave it. Here it can only be narrowed or taken back; widening
// is the person's act in the host's own chooser or in a terminal.
import { useState } from 'preact/hooks';
import type { GrantView } from '../../../shared/gate/grants.ts';
import type { Label } from '../../../shared/gate/labels.ts';
import { type MessageKey, t } from '../../i18n.ts';
import { FolderIcon, WarnIcon } from '../look/icons.tsx';
import { ActButton } from '../layers/fix-card.tsx';
import { failureWords } from '../words.ts';
import type { Ask } from '../worker.ts';

/** From the widest to the strictest; a label may only move to the right. */
const LABELS: readonly Label[] = ['open', 'ask', 'home'];
const STATES: Partial<Record<GrantView['state'], MessageKey>> = { gone: 'grant_gone', no_permission: 'grant_no_permission' };

export function GrantCard({ grant, ask }: { grant: GrantView; ask: Ask }) {
  const [failure, setFailure] = useState<string | null>(null);
  const [revoking, setRevoking] = useState(false);
  const { id, name, display, rights, label, state } = grant;
  const stricter = LABELS.slice(LABELS.indexOf(label));
  const trouble = STATES[state];

  const narrow = (change: { label?: Label; rights?: GrantView['rights'] }) => {
    setFailure(null);
    ask('grants.narrow', { grant: id, ...change }).catch((error: unknown) => setFailure(failureWords(error)));
  };

  return (
    <li class="card grant" data-grant={id}>
      <h3 id={`name-${id}`}>
        <FolderIcon size={18} />
        <bdi>{name}</bdi>
      </h3>
      <p class="muted path">
        <bdi>{display}</bdi>
      </p>
      {trouble !== undefined && (
        <p class="note warn">
          <WarnIcon size={15} /> {t(trouble)}
        </p>
      )}
      <fieldset>
        <legend>{t('grant_label')}</legend>
        {LABELS.map((choice) => (
          <label key={choice} class="choice" data-narrower={stricter.includes(choice)}>
            <input
              type="radio"
              name={`label-${id}`}
              value={choice}
              checked={choice === label}
              disabled={!stricter.includes(choice)}
              onChange={() => narrow({ label: choice })}
            />
            <span>
              <strong>{t(`label_${choice}`)}</strong> <span class="muted">{t(`label_${choice}_text`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <p class="rights">
        {rights.map((right) => (
          <span key={right} class="chip">
            {t(`right_${right}`)}
          </span>
        ))}
      </p>
      <div class="answers">
        {rights.includes('write') && (
          <button
            type="button"
            class="plain"
            onClick={() => narrow({ rights: rights.filter((right) => right === 'read') })}
            disabled={!rights.includes('read')}
            aria-describedby={`name-${id}`}
          >
            {t('grant_read_only')}
          </button>
        )}
        {revoking ? (
          <>
            <ActButton kind="danger" label={t('grant_revoke_yes')} act={() => ask('grants.revoke', { grant: id })} />
            <button type="button" class="plain" onClick={() => setRevoking(false)}>
              {t('keep')}
            </button>
          </>
        ) : (
          <button type="button" class="plain" onClick={() => setRevoking(true)} aria-describedby={`name-${id}`}>
            {t('grant_revoke')}
          </button>
        )}
      </div>
      {failure !== null && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </li>
  );
}
