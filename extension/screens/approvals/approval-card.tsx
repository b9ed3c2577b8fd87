// The person's yes to one exact release: how much of what would go where, and the names of what it is made of.
import { useState } from 'preact/hooks';
import type { ApprovalView } from '../../../shared/protocol/native.ts';
import { t, tCount } from '../../i18n.ts';
import { bytesWords, failureWords } from '../words.ts';
import type { Ask } from '../worker.ts';

const MINUTE_MS = 60_000;
const ANSWERS = [
  ['once', 'approve_once', 'primary'],
  ['run', 'approve_run', 'plain'],
  ['no', 'approve_no', 'plain'],
] as const;

export function ApprovalCard({ approval, runTitle, ask }: { approval: ApprovalView; runTitle: string | undefined; ask: Ask }) {
  const [sent, setSent] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const { id, bytes, items, more, model, destination, without, expiresAt } = approval;
  const minutes = Math.max(1, Math.round((expiresAt - Date.now()) / MINUTE_MS));

  const answer = (choice: (typeof ANSWERS)[number][0]) => {
    setSent(true);
    setFailure(null);
    ask('approvals.answer', { approval: id, answer: choice }).catch((error: unknown) => {
      setSent(false);
      setFailure(failureWords(error));
    });
  };

  return (
    <section class="card approval" aria-labelledby={`question-${id}`} data-approval={id}>
      <h2 id={`question-${id}`}>{tCount('approval', items.length + more, bytesWords(bytes), model ?? destination)}</h2>
      <p class="muted">
        <bdi>{runTitle ?? approval.title}</bdi> · {tCount('approval_expires', minutes)}
      </p>
      {items.length > 0 && (
        <details>
          <summary>{t('approval_items')}</summary>
          <ul class="items">
            {items.map((item, index) => (
              <li key={`${index} ${item}`}>
                <bdi>{item}</bdi>
              </li>
            ))}
            {more > 0 && <li class="muted">{tCount('approval_more', more)}</li>}
          </ul>
        </details>
      )}
      {without !== undefined && <p class="muted">{t('approval_without', without)}</p>}
      <div class="answers">
        {ANSWERS.map(([choice, label, kind]) => (
          <button key={choice} type="button" class={kind} aria-disabled={sent} data-answer={choice} onClick={() => sent || answer(choice)}>
            {t(label)}
          </button>
        ))}
      </div>
      {failure !== null && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </section>
  );
}
