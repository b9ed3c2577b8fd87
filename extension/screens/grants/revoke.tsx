// Taking a grant back, of a folder or of a command: asks once more, with what it means; the focus goes to those words, and
// back to the button.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { GrantId } from '../../../shared/ids.ts';
import { t } from '../../i18n.ts';
import { ActButton } from '../layers/fix-card.tsx';
import type { Ask } from '../worker.ts';

export interface RevokeProps {
  /** Its name stands in the element `name-<id>`. */
  id: GrantId;
  /** What it means to take it back. */
  text: string;
  ask: Ask;
}

export function Revoke({ id, text, ask }: RevokeProps) {
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
        <ActButton kind="danger" label={t('grant_revoke_yes')} act={() => ask('grants.revoke', { grant: id })} />
        <button type="button" class="plain" onClick={() => setAsking(false)}>
          {t('keep')}
        </button>
      </div>
    </section>
  );
}
