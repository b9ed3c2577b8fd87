// The steps of a run: what, where and why, with which engine, and what there is to know about it.
import type { RunView } from '../../../shared/run/view.ts';
import { t, tCount } from '../../i18n.ts';
import { BusyIcon, DoneIcon, FailIcon, OffIcon, StopIcon, WarnIcon } from '../look/icons.tsx';
import { durationWords, opWords } from '../words.ts';
import { groupSteps, type StepGroup } from './steps.ts';
import { WhereMark } from './where-mark.tsx';

const SHAPES = {
  done: [DoneIcon, 'step_done'],
  busy: [BusyIcon, 'step_busy'],
  wait: [WarnIcon, 'step_wait'],
  failed: [FailIcon, 'step_failed'],
  planned: [OffIcon, 'step_planned'],
  skipped: [StopIcon, 'step_skipped'],
} as const;

export function StepList({ view }: { view: RunView }) {
  return (
    <ol class="steps">
      {groupSteps(view.steps).map((group) => (
        <StepLine key={group.base} group={group} />
      ))}
    </ol>
  );
}

function StepLine({ group }: { group: StepGroup }) {
  const [Shape, word] = SHAPES[group.state];
  const engine = group.engines.length > 0 ? t('step_engine', group.engines.join(', ')) : null;
  const time = group.ms >= 1 ? durationWords(group.ms) : null;
  return (
    <li data-state={group.state} data-op={group.op}>
      <span class="state" data-state={group.state}>
        <Shape size={15} label={t(word)} />
      </span>
      <div>
        <p class="step-title">
          <span>{opWords(group.op)}</span>
          {group.count > 1 && <span class="muted">{tCount('step_times', group.count, String(group.done))}</span>}
          <span class="step-where">
            {group.where.map((where) => (
              <WhereMark key={where} where={where} />
            ))}
            {time !== null && <span class="muted">{time}</span>}
          </span>
        </p>
        {[...group.messages, ...group.notes].map((words) => (
          <p key={words} class="note">
            {words}
          </p>
        ))}
        {(engine !== null || group.why.length > 0) && (
          <p class="muted">{[engine, ...group.why].filter((words) => words !== null).join(' · ')}</p>
        )}
      </div>
    </li>
  );
}
