// What of a granted folder does not exist for Headgate, and its limits. More can be left out here; nothing can be let in.
import { useState } from 'preact/hooks';
import type { GrantView, Narrowing } from '../../../shared/gate/grants.ts';
import { t, tCount } from '../../i18n.ts';
import { Name } from '../look/name.tsx';
import { bytesWords } from '../words.ts';

export interface LeftOutProps {
  grant: GrantView;
  /** Whether the change came. */
  narrow(change: Narrowing): Promise<boolean>;
}

export function LeftOut({ grant: { id, include, exclude, maxFileBytes, maxFiles }, narrow }: LeftOutProps) {
  const [glob, setGlob] = useState('');
  const limits = [
    maxFileBytes !== undefined && t('grant_max_bytes', bytesWords(maxFileBytes)),
    maxFiles !== undefined && tCount('grant_max_files', maxFiles),
  ].filter((words) => words !== false);
  return (
    <details class="left-out" open={exclude.length > 0 || include.length > 0 || limits.length > 0}>
      <summary>{t('grant_left_out')}</summary>
      {include.length > 0 && <Globs label={t('grant_include')} globs={include} />}
      {exclude.length > 0 && <Globs label={t('grant_exclude')} globs={exclude} />}
      {limits.length > 0 && <p class="muted">{limits.join(' ')}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void narrow({ exclude: [glob.trim()] }).then((came) => came && setGlob(''));
        }}
      >
        <label for={`glob-${id}`}>{t('grant_exclude_more')}</label>
        <div class="row">
          <input
            id={`glob-${id}`}
            type="text"
            required
            maxLength={200}
            autocomplete="off"
            spellcheck={false}
            placeholder="*.key"
            value={glob}
            onInput={({ currentTarget }) => setGlob(currentTarget.value)}
          />
          <button type="submit" class="plain">
            {t('grant_exclude_add')}
          </button>
        </div>
      </form>
    </details>
  );
}

function Globs({ label, globs }: { label: string; globs: readonly string[] }) {
  return (
    <div class="globs">
      <span class="muted">{label}</span>
      <ul>
        {globs.map((glob) => (
          <li key={glob} class="chip">
            <Name>{glob}</Name>
          </li>
        ))}
      </ul>
    </div>
  );
}
