// One granted folder: what may be done in it and what may leave it. Here it can only be narrowed or taken back; widening
// is the person's act in the host's own chooser or in a terminal.
import { useState } from 'preact/hooks';
import type { GrantView, Narrowing, Right } from '../../../shared/gate/grants.ts';
import type { Label } from '../../../shared/gate/labels.ts';
import { type MessageKey, t } from '../../i18n.ts';
import { FolderIcon, WarnIcon } from '../look/icons.tsx';
import { Name } from '../look/name.tsx';
import { failureWords } from '../words.ts';
import type { Ask } from '../worker.ts';
import { LeftOut } from './left-out.tsx';
import { Revoke } from './revoke.tsx';

/** From the widest to the strictest; a label may only move to the right. */
const LABELS: readonly Label[] = ['open', 'ask', 'home'];
const RIGHTS = ['read', 'write', 'trash'] as const satisfies readonly Right[];
const STATES: Partial<Record<GrantView['state'], MessageKey>> = { gone: 'grant_gone', no_permission: 'grant_no_permission' };

export function GrantCard({ grant, ask }: { grant: GrantView; ask: Ask }) {
  const [failure, setFailure] = useState<string | null>(null);
  // Fields that were clicked for a change that did not come are drawn anew, as what is.
  const [failures, setFailures] = useState(0);
  const { id, name, display, rights, label, names, state } = grant;
  const stricter = LABELS.slice(LABELS.indexOf(label));
  const trouble = STATES[state];

  const narrow = async (change: Narrowing): Promise<boolean> => {
    setFailure(null);
    try {
      await ask('grants.narrow', { grant: id, ...change });
      return true;
    } catch (error) {
      setFailure(failureWords(error));
      setFailures((count) => count + 1);
      return false;
    }
  };

  return (
    <li class="card grant" data-grant={id}>
      <h3 id={`name-${id}`}>
        <FolderIcon size={18} />
        <Name>{name}</Name>
      </h3>
      <p class="muted path">
        <Name>{display}</Name>
      </p>
      {trouble !== undefined && (
        <p class="note warn">
          <WarnIcon size={15} /> {t(trouble)}
        </p>
      )}
      <fieldset key={`labels ${failures}`}>
        <legend>{t('grant_label')}</legend>
        {LABELS.map((choice) => (
          <label key={choice} class="choice" data-narrower={stricter.includes(choice)}>
            <input
              type="radio"
              name={`label-${id}`}
              value={choice}
              checked={choice === label}
              disabled={!stricter.includes(choice)}
              onChange={() => void narrow({ label: choice })}
            />
            <span>
              <strong>{t(`label_${choice}`)}</strong> <span class="muted">{t(`label_${choice}_text`)}</span>
            </span>
          </label>
        ))}
        <label class="choice" data-names={names}>
          <input
            type="checkbox"
            checked={names === 'shown'}
            disabled={names === 'hidden'}
            onChange={() => void narrow({ names: 'hidden' })}
          />
          <span>{t('grant_names')}</span>
        </label>
      </fieldset>
      <fieldset key={`rights ${failures}`} class="rights">
        <legend>{t('grant_rights')}</legend>
        {RIGHTS.map((right) => (
          <label key={right} class="choice" data-right={right}>
            <input
              type="checkbox"
              checked={rights.includes(right)}
              // The last right goes with the folder itself.
              disabled={!rights.includes(right) || rights.length === 1}
              onChange={() => void narrow({ rights: rights.filter((each) => each !== right) })}
            />
            <span>{t(`right_${right}`)}</span>
          </label>
        ))}
      </fieldset>
      <LeftOut grant={grant} narrow={narrow} />
      <Revoke id={id} text={t('grant_revoke_text')} act={() => ask('grants.revoke', { grant: id })} />
      {failure !== null && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </li>
  );
}
