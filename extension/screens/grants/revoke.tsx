// Taking back what was allowed, be it a folder, a command or a start without a question: asks once more, with what it means; the focus goes to those words, and
// back to the button.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n.ts';
import { ActButton } from '../layers/fix-card.tsx';

export interface RevokeProps {
  /** Its name stands in the element `name-<id>`. */
  id: string;
  /** What it means to take it back. */
  text: string;
  act(): Promise<unknown>;
}

export function Revoke({ id, text, act }: RevokeProps) {
  const [asking, setAsking] = useState(false);
  const asked = useRef(false);
  const button = useRef<HTMLButtonElement>(null);
  const words = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (asking) words.current?.focus();
    else if (asked.current) button.current?.focus();
    asked.current = asking;
  }, [asking]);
  if (!asking)
    return (
      <div class="answers">
        <button ref={button} type="button" class="plain" onClick={() => setAsking(true)} aria-describedby={`name-${id}`}>
          {t('grant_revoke')}
        </button>
      </div>
    );
  return (
    <section class="revoke" aria-label={t('grant_revoke')}>
      <p ref={words} tabIndex={-1}>
        {text}
      </p>
      <div class="answers">
        <ActButton kind="danger" label={t('grant_revoke_yes')} act={act} />
        <button type="button" class="plain" onClick={() => setAsking(false)}>
          {t('keep')}
        </button>
      </div>
    </section>
  );
}
