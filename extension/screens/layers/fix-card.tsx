// The failing layer by name, and the next step: a button, a command to copy, or the code to pair with.
import { useState } from 'preact/hooks';
import { t } from '../../i18n.ts';
import { FailIcon, WarnIcon } from '../look/icons.tsx';
import { failureWords } from '../words.ts';
import type { Ask } from '../worker.ts';
import { CopyCommand } from './copy-command.tsx';
import { PairForm } from './pair-form.tsx';
import type { Trouble } from './trouble.ts';

export function FixCard({ trouble, ask, cloud }: { trouble: Trouble; ask: Ask; cloud?: string | null | undefined }) {
  const { layer, lamp, title, text, command, step, detail } = trouble;
  return (
    <section class="card fix" data-lamp={lamp} data-trouble={title} aria-labelledby="fix-title">
      <h2 id="fix-title">
        {lamp === 'down' ? <FailIcon size={18} /> : <WarnIcon size={18} />}
        {t(title)}
      </h2>
      <p>{t(text)}</p>
      {detail !== undefined && detail !== '' && <p class="muted">{detail}</p>}
      {command !== undefined && <CopyCommand command={command} />}
      {step === 'retry' && <ActButton act={() => ask('host.connect', {})} label={t(layer === 'cloud' ? 'check_again' : 'try_again')} />}
      {step === 'choose' && <ActButton act={() => ask('grants.choose', { write: true })} label={t('choose_folder')} />}
      {step === 'pair' && <PairForm ask={ask} cloud={cloud} />}
    </section>
  );
}

/** A button that shows that it works, and what went wrong. */
export function ActButton({
  act,
  label,
  kind = 'primary',
}: {
  act(): Promise<unknown>;
  label: string;
  kind?: 'primary' | 'plain' | 'small' | 'danger';
}) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const run = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await act();
    } catch (error) {
      setFailure(failureWords(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" class={kind === 'small' ? 'quiet small' : kind} aria-disabled={busy} onClick={() => void (busy || run())}>
        {label}
      </button>
      {failure !== null && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </>
  );
}
