// Pairs this device with a cloud by a one-time code. Asks the browser for the cloud's origin where it is not on this
// machine, so that the list of runs can be read there; pairing works as well when the person declines.
import { useState } from 'preact/hooks';
import browser from 'webextension-polyfill';
import { t } from '../../i18n.ts';
import { failureWords } from '../words.ts';
import type { Ask } from '../worker.ts';

const OWN_CLOUD = 'http://127.0.0.1:7420';

export function PairForm({ ask, cloud, onPaired }: { ask: Ask; cloud?: string | null | undefined; onPaired?: () => void }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  const pair = async (form: HTMLFormElement) => {
    const fields = new FormData(form);
    const address = String(fields.get('cloud')).trim();
    setBusy(true);
    setFailure(null);
    try {
      // Both at once: the browser's question may close a popup, and the worker goes on without it.
      await Promise.all([ask('pair.start', { cloud: address, code: String(fields.get('code')).trim() }), askOrigin(address)]);
      onPaired?.();
    } catch (error) {
      setFailure(failureWords(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      class="pair"
      onSubmit={(event) => {
        event.preventDefault();
        void pair(event.currentTarget);
      }}
    >
      <label>
        <span>{t('pair_code')}</span>
        <input
          name="code"
          required
          minLength={4}
          maxLength={40}
          autocomplete="one-time-code"
          spellcheck={false}
          placeholder="ABCD-1234"
          class="code"
        />
      </label>
      <label>
        <span>{t('pair_cloud')}</span>
        <input name="cloud" type="url" required maxLength={300} defaultValue={cloud ?? OWN_CLOUD} spellcheck={false} />
      </label>
      <button type="submit" class="primary" disabled={busy}>
        {busy ? t('pair_busy') : t('pair')}
      </button>
      {failure !== null && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </form>
  );
}

async function askOrigin(address: string): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol !== 'https:') return;
  await browser.permissions.request({ origins: [`https://${url.hostname}/*`] }).catch(() => false);
}
