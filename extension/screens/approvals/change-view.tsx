// What exactly a change would do, asked of the host when the person looks at it, and kept by this screen alone for as long
// as the question is on it.
import { useEffect, useState } from 'preact/hooks';
import type { ApprovalId } from '../../../shared/ids.ts';
import type { ApprovalDetail } from '../../../shared/protocol/native.ts';
import { t, tCount } from '../../i18n.ts';
import { WarnIcon } from '../look/icons.tsx';
import { Name } from '../look/name.tsx';
import { failureWords } from '../words.ts';
import type { Ask } from '../worker.ts';
import { DiffView } from './diff-view.tsx';

export interface ChangeViewProps {
  approval: ApprovalId;
  /** What the question says already, and so no part needs to say again. */
  title: string;
  ask: Ask;
  /** All that there is to be seen is on the screen. */
  onShown(detail: ApprovalDetail): void;
}

export function ChangeView({ approval, title, ask, onShown }: ChangeViewProps) {
  const [detail, setDetail] = useState<ApprovalDetail | null>(null);
  const [failure, setFailure] = useState<string | null>(null);

  useEffect(() => {
    let here = true;
    ask('approvals.show', { approval }).then(
      (found) => {
        if (!here) return;
        setDetail(found);
        onShown(found);
      },
      (error: unknown) => here && setFailure(failureWords(error)),
    );
    return () => {
      here = false;
    };
  }, [approval]);

  if (failure !== null)
    return (
      <p class="failure" role="alert">
        {failure}
      </p>
    );
  if (detail === null) return <p class="muted">{t('change_looking')}</p>;
  return (
    <div class="change">
      <ol class="parts">
        {detail.parts.map(({ says, uninspectable }, part) => {
          const lines = detail.lines.filter((line) => line.part === part);
          return (
            <li key={`${part} ${says}`}>
              {says !== title.replace(/\?$/, '') && (
                <p>
                  <Name>{says}</Name>
                </p>
              )}
              {uninspectable !== undefined && <Uninspectable why={uninspectable} />}
              {lines.length > 0 && <DiffView lines={lines} />}
            </li>
          );
        })}
      </ol>
      {detail.more > 0 && <p class="muted">{tCount('change_more', detail.more)}</p>}
      {detail.cut > 0 && <p class="muted">{tCount('change_cut', detail.cut)}</p>}
    </div>
  );
}

/** Said in the open, with the reason: the person decides about something that nobody can show. */
export function Uninspectable({ why }: { why: string }) {
  return (
    <p class="note warn uninspectable">
      <WarnIcon size={15} label={t('uninspectable')} />{' '}
      <span>
        <strong>{t('uninspectable')}</strong> <Name>{why}</Name>
      </span>
    </p>
  );
}
