// The options page: the folders that are granted, pairing, a check of every layer, and what runs here in which version.
import { useState } from 'preact/hooks';
import browser from 'webextension-polyfill';
import type { Check } from '../../../shared/protocol/native.ts';
import { t } from '../../i18n.ts';
import { GrantList } from '../grants/grant-list.tsx';
import { Channel } from '../layers/channel.tsx';
import { ActButton, FixCard } from '../layers/fix-card.tsx';
import { PairForm } from '../layers/pair-form.tsx';
import { findTrouble, lampsFor } from '../layers/trouble.ts';
import { DoneIcon, FailIcon, Mark, WarnIcon } from '../look/icons.tsx';
import { useWorker } from '../use-worker.ts';

export function Options() {
  const worker = useWorker();
  const { snapshot, ask } = worker;
  if (snapshot === null) return <main class="wide" aria-busy="true" />;
  const { status } = snapshot;
  const trouble = findTrouble(snapshot);
  const paired = status !== null && status.cloud.state !== 'unpaired' && status.cloud.state !== 'refused';
  return (
    <main class="wide">
      <header>
        <h1>
          <Mark />
          {t('options_title')}
        </h1>
        <Channel lamps={lampsFor(snapshot, 'unknown')} />
      </header>
      <div class="content">
        {trouble !== null && trouble.step !== 'pair' && trouble.step !== 'choose' && (
          <FixCard trouble={trouble} ask={ask} cloud={status?.cloud.url} />
        )}
        <section aria-labelledby="folders-title" id="folders">
          <h2 id="folders-title">{t('folders_title')}</h2>
          <GrantList snapshot={snapshot} ask={ask} />
        </section>
        {status !== null && (
          <section aria-labelledby="pairing-title">
            <h2 id="pairing-title">{t('pairing_title')}</h2>
            {paired ? (
              <div class="card">
                <dl class="facts">
                  <div>
                    <dt>{t('pairing_device')}</dt>
                    <dd>{status.device.name}</dd>
                  </div>
                  <div>
                    <dt>{t('pairing_cloud')}</dt>
                    <dd>{status.cloud.url ?? '–'}</dd>
                  </div>
                  <div>
                    <dt>{t('pairing_models')}</dt>
                    <dd>{status.cloud.models.join(', ') || t('pairing_models_none')}</dd>
                  </div>
                </dl>
                <p class="muted">{t('pairing_end_text')}</p>
                <ActButton kind="plain" label={t('pairing_end')} act={() => ask('pair.end', {})} />
              </div>
            ) : (
              <div class="card">
                <p>{t('trouble_unpaired_text')}</p>
                <PairForm ask={ask} cloud={status.cloud.url} />
              </div>
            )}
          </section>
        )}
        <Checks ask={ask} />
        <section aria-labelledby="about-title">
          <h2 id="about-title">{t('about_title')}</h2>
          <dl class="facts">
            <div>
              <dt>{t('about_extension')}</dt>
              <dd>{browser.runtime.getManifest().version}</dd>
            </div>
            <div>
              <dt>{t('about_host')}</dt>
              <dd>{status?.host.version ?? '–'}</dd>
            </div>
          </dl>
          <p class="muted">{t('about_text')}</p>
        </section>
      </div>
    </main>
  );
}

const CHECK_SHAPES = { ok: [DoneIcon, 'check_ok'], warn: [WarnIcon, 'check_warn'], fail: [FailIcon, 'check_fail'] } as const;

function Checks({ ask }: Pick<ReturnType<typeof useWorker>, 'ask'>) {
  const [checks, setChecks] = useState<Check[] | null>(null);
  return (
    <section aria-labelledby="checks-title">
      <h2 id="checks-title">{t('checks_title')}</h2>
      <p>{t('checks_text')}</p>
      <ActButton kind="plain" label={t('checks_run')} act={async () => setChecks((await ask('host.check', {})).checks)} />
      {checks !== null && (
        <ul class="checks" aria-live="polite">
          {checks.map(({ id, status, says, next }) => {
            const [Shape, word] = CHECK_SHAPES[status];
            return (
              <li key={id} data-check={id} data-status={status}>
                <span class="state" data-state={status}>
                  <Shape size={17} label={t(word)} />
                </span>
                <span>
                  {says}
                  {next !== undefined && <span class="muted"> {next}</span>}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
