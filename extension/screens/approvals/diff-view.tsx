// Lines that would differ, as a person reads them: what comes and what goes by sign and by words, colour only helps. What
// cannot be seen in a line is made visible, so that no line shows other than it is.
import { escapeLine } from '../../../shared/gate/names.ts';
import type { ApprovalDetail } from '../../../shared/protocol/native.ts';
import { t } from '../../i18n.ts';

export type DiffLine = ApprovalDetail['lines'][number];

const SIGNS = {
  ' ': { kind: 'same', sign: '', word: null },
  '+': { kind: 'comes', sign: '+', word: 'diff_comes' },
  '-': { kind: 'goes', sign: '−', word: 'diff_goes' },
  '…': { kind: 'gap', sign: '⋯', word: 'diff_gap' },
} as const;

export function DiffView({ lines }: { lines: readonly DiffLine[] }) {
  return (
    <ol class="diff">
      {lines.map(({ sign, excerpt, goesOn }, index) => {
        const { kind, sign: shown, word } = SIGNS[sign];
        return (
          // The lines of one answer never change their order.
          <li key={`${index} ${excerpt}`} data-line={kind}>
            <span class="diff-sign" aria-hidden="true">
              {goesOn ? '↳' : shown}
            </span>
            {word !== null && !goesOn && <span class="hidden">{t(word)}: </span>}
            {kind !== 'gap' && <bdi>{escapeLine(excerpt)}</bdi>}
          </li>
        );
      })}
    </ol>
  );
}
