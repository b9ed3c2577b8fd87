// The first page a person sees: what Headgate is in three sentences and one picture, how the three layers are, and the
// first things to do.
import { t } from '../../i18n.ts';
import { Channel } from '../layers/channel.tsx';
import { FixCard } from '../layers/fix-card.tsx';
import { findTrouble, lampsFor } from '../layers/trouble.ts';
import { DigestIcon, FindIcon, Mark, PageIcon } from '../look/icons.tsx';
import { Name } from '../look/name.tsx';
import { useWorker } from '../use-worker.ts';
import { GatePicture } from './gate-picture.tsx';

const STEPS = [
  [PageIcon, 'welcome_save', 'welcome_save_text'],
  [DigestIcon, 'welcome_digest', 'welcome_digest_text'],
  [FindIcon, 'welcome_find', 'welcome_find_text'],
] as const;

export function Welcome() {
  const { snapshot, ask } = useWorker();
  const trouble = snapshot === null ? null : findTrouble(snapshot);
  const folders = snapshot?.grants ?? [];
  return (
    <main class="wide">
      <header>
        <h1>
          <Mark />
          {t('welcome_title')}
        </h1>
        <p class="lead">{t('welcome_lead')}</p>
        {snapshot !== null && <Channel lamps={lampsFor(snapshot, 'unknown')} />}
      </header>
      <div class="content">
        {trouble !== null && <FixCard trouble={trouble} ask={ask} cloud={snapshot?.status?.cloud.url} />}
        <section class="what">
          <p>{t('welcome_what')}</p>
          <GatePicture />
        </section>
        <section aria-labelledby="first-title">
          <h2 id="first-title">{t('welcome_first')}</h2>
          <ol class="first">
            {STEPS.map(([Picture, title, text]) => (
              <li key={title} class="card">
                <Picture size={26} />
                <h3>{t(title)}</h3>
                <p>{t(text)}</p>
              </li>
            ))}
          </ol>
        </section>
        <section aria-labelledby="where-title">
          <h2 id="where-title">{t('welcome_where')}</h2>
          <p>{t('welcome_where_text')}</p>
          <ul class="places">
            {folders.map(({ id, name, display }) => (
              <li key={id}>
                <strong>
                  <Name>{name}</Name>
                </strong>{' '}
                <span class="muted">
                  <Name>{display}</Name>
                </span>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </main>
  );
}
