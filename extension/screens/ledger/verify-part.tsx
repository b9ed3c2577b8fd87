// The look through the whole ledger: every line must follow from the one before, and the signed heads must be among them.
import { useState } from 'preact/hooks';
import type { LedgerVerdict } from '../../../shared/protocol/native.ts';
import { t, tCount } from '../../i18n.ts';
import { ActButton } from '../layers/fix-card.tsx';
import { DoneIcon, FailIcon } from '../look/icons.tsx';
import { Name } from '../look/name.tsx';
import { exactTimeWords } from '../words.ts';
import type { Ask } from '../worker.ts';

export function VerifyPart({ ask }: { ask: Ask }) {
  const [verdict, setVerdict] = useState<LedgerVerdict | null>(null);
  return (
    <div class="verify">
      <ActButton kind="plain" label={t('ledger_verify')} act={async () => setVerdict(await ask('ledger.verify', {}))} />
      <div role="status">{verdict !== null && <Verdict verdict={verdict} />}</div>
    </div>
  );
}

function Verdict({ verdict: { records, head, problems } }: { verdict: LedgerVerdict }) {
  if (problems.length === 0)
    return (
      <p class="verdict" data-verdict="ok">
        <span class="state" data-state="ok">
          <DoneIcon size={17} label={t('check_ok')} />
        </span>
        <span>
          {tCount('verify_ok', records)} {head !== null && t('verify_head', exactTimeWords(head.at))}
        </span>
      </p>
    );
  return (
    <div class="verdict" data-verdict="broken">
      <span class="state" data-state="fail">
        <FailIcon size={17} label={t('check_fail')} />
      </span>
      <div>
        <p>{tCount('verify_broken', problems.length)}</p>
        <ul class="problems">
          {problems.map(({ n, kind, says }) => (
            <li key={`${n} ${kind} ${says}`}>
              <Name>{says}</Name>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
