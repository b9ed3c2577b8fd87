// The person's yes to one exact thing, and to nothing else: a release (how much of what would go where), a change (as it
// would be, line by line), or the plan of a run that somebody else asked for. A yes to a change can be given only after the
// change is on the screen, and what cannot be shown is never allowed beforehand.
import { useState } from 'preact/hooks';
import type { ApprovalView, HostStatus } from '../../../shared/protocol/native.ts';
import { type MessageKey, t, tCount } from '../../i18n.ts';
import { CopyCommand } from '../layers/copy-command.tsx';
import { ActButton } from '../layers/fix-card.tsx';
import { terminalCommand } from '../layers/terminal-call.ts';
import { Name } from '../look/name.tsx';
import { bytesWords, failureWords } from '../words.ts';
import type { Ask } from '../worker.ts';
import { ChangeView, Uninspectable } from './change-view.tsx';
import { TimeLeft } from './time-left.tsx';

type Answer = 'once' | 'run' | 'no';
const ANSWERS: Record<ApprovalView['kind'], readonly (readonly [Answer, MessageKey, 'primary' | 'plain'])[]> = {
  release: [
    ['once', 'approve_once', 'primary'],
    ['run', 'approve_run', 'plain'],
    ['no', 'approve_no', 'plain'],
  ],
  change: [
    ['once', 'approve_once', 'primary'],
    ['run', 'approve_run', 'plain'],
    ['no', 'approve_no', 'plain'],
  ],
  plan: [
    ['once', 'approve_plan', 'primary'],
    ['no', 'approve_no', 'plain'],
  ],
};

export interface ApprovalCardProps {
  approval: ApprovalView;
  runTitle: string | undefined;
  status: HostStatus | null;
  ask: Ask;
  /** Whether a change is shown at once; of many only the first. */
  open?: boolean;
}

export function ApprovalCard({ approval, runTitle, status, ask, open = true }: ApprovalCardProps) {
  const { id, kind, title, expiresAt, uninspectable } = approval;
  const [sent, setSent] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [looking, setLooking] = useState(open && kind === 'change');
  const [shown, setShown] = useState(kind !== 'change');
  const [hiddenPart, setHiddenPart] = useState(false);
  const beforehand = uninspectable === undefined && !hiddenPart;

  const answer = (choice: Answer) => {
    setSent(true);
    setFailure(null);
    ask('approvals.answer', { approval: id, answer: choice }).catch((error: unknown) => {
      setSent(false);
      setFailure(failureWords(error));
    });
  };

  return (
    <section class="card approval" aria-labelledby={`question-${id}`} data-approval={id} data-kind={kind}>
      <h2 id={`question-${id}`}>
        <Name>{questionWords(approval)}</Name>
      </h2>
      <p class="muted">
        {(kind === 'release' || runTitle !== undefined) && (
          <>
            <Name>{runTitle ?? title}</Name> ·{' '}
          </>
        )}
        <TimeLeft until={expiresAt} />
      </p>
      {kind === 'release' && runTitle !== undefined && runTitle !== title && (
        <p>
          <Name>{title}</Name>
        </p>
      )}
      {uninspectable !== undefined && !hiddenPart && <Uninspectable why={uninspectable} />}
      {kind === 'plan' && <PlanView approval={approval} />}
      {kind === 'release' && (
        <>
          <Items approval={approval} label={t('approval_items')} />
          <button type="button" class="quiet small" data-look aria-expanded={looking} onClick={() => setLooking(!looking)}>
            {t('release_look')}
          </button>
        </>
      )}
      {looking && (
        <ChangeView
          approval={id}
          title={title}
          ask={ask}
          onShown={({ parts }) => {
            setShown(true);
            setHiddenPart(parts.some((part) => part.uninspectable !== undefined));
          }}
        />
      )}
      <div class="answers">
        {!looking && !shown && (
          <button type="button" class="primary" onClick={() => setLooking(true)}>
            {t('change_look')}
          </button>
        )}
        {ANSWERS[kind]
          .filter(([choice]) => choice === 'no' || (shown && (choice === 'once' || beforehand)))
          .map(([choice, label, look]) => (
            <button
              key={choice}
              type="button"
              class={look}
              aria-disabled={sent}
              data-answer={choice}
              onClick={() => sent || answer(choice)}
            >
              {t(label)}
            </button>
          ))}
      </div>
      {kind === 'plan' && (
        <div class="always">
          <p class="muted">{t('plan_always')}</p>
          <ActButton kind="plain" label={t('plan_always_choose')} act={() => ask('approvals.chooseAlways', { approval: id })} />
          <p class="muted">{t('plan_always_terminal')}</p>
          <CopyCommand command={terminalCommand(status, `approvals ${id} always`)} />
        </div>
      )}
      {failure !== null && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </section>
  );
}

function questionWords({ kind, title, items, more, bytes, model, destination }: ApprovalView): string {
  // The host's own words, which name what it is about.
  if (kind !== 'release') return title;
  return tCount('approval', items.length + more, bytesWords(bytes), model ?? destination);
}

/** The host's own lines, of which the steps have numbers, and what of it reaches beyond this device. */
function PlanView({ approval }: { approval: ApprovalView }) {
  const { plan = [], bytes, model, destination } = approval;
  return (
    <>
      <ul class="plan">
        {plan.map((step, index) => (
          <li key={`${index} ${step}`}>
            <Name>{step}</Name>
          </li>
        ))}
      </ul>
      <p>{bytes > 0 ? t('plan_bytes', bytesWords(bytes), model ?? destination) : t('plan_no_bytes')}</p>
      <Items approval={approval} label={t('plan_items')} />
    </>
  );
}

function Items({ approval, label }: { approval: ApprovalView; label: string }) {
  const { items, more, without, others } = approval;
  return (
    <>
      {items.length > 0 && (
        <details>
          <summary>{label}</summary>
          <ul class="items">
            {items.map((item, index) => (
              <li key={`${index} ${item}`}>
                <Name>{item}</Name>
              </li>
            ))}
            {more > 0 && <li class="muted">{tCount('approval_more', more)}</li>}
          </ul>
        </details>
      )}
      {without !== undefined && <p class="muted">{t('approval_without', without)}</p>}
      {others !== undefined && others > 0 && <p class="muted">{tCount('approval_others', others)}</p>}
    </>
  );
}
