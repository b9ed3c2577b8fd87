// A file that its server gives only to people who are signed in: the browser can fetch it with the person's session, when they
// allow it to download. The permission is asked for in the click itself, as browsers want it.
import browser from 'webextension-polyfill';
import type { RunId } from '../../../shared/ids.ts';
import { t } from '../../i18n.ts';
import { failureWords } from '../words.ts';
import type { Ask } from '../worker.ts';

export interface SignInCardProps {
  run: RunId;
  ask: Ask;
  onFailure(words: string): void;
}

export function SignInCard({ run, ask, onFailure }: SignInCardProps) {
  const download = () => {
    // The popup may be closed by the browser's question: the worker waits for the answer as well.
    browser.permissions.request({ permissions: ['downloads'] }).catch(() => undefined);
    ask('download.signedIn', { run }).catch((error: unknown) => onFailure(failureWords(error)));
  };
  return (
    <section class="card sign-in" aria-labelledby="sign-in-title">
      <p>
        <strong id="sign-in-title">{t('error_sign_in_needed')}</strong> {t('sign_in_text')}
      </p>
      <button type="button" class="small" onClick={download}>
        {t('sign_in_download')}
      </button>
    </section>
  );
}
