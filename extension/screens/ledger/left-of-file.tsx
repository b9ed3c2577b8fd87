// What has ever left of one file, asked of the host by its handle: also what left in another run, under another name, or of
// a copy.
import { useState } from 'preact/hooks';
import type { HandleId } from '../../../shared/ids.ts';
import type { NATIVE_METHODS } from '../../../shared/protocol/native.ts';
import type { ResultOf } from '../../../shared/protocol/rpc.ts';
import { t } from '../../i18n.ts';
import { ActButton } from '../layers/fix-card.tsx';
import type { Ask } from '../worker.ts';
import { ReceiptRow } from './receipt-group.tsx';

type Left = ResultOf<typeof NATIVE_METHODS, 'ledger.ofHandle'>['left'];

export function LeftOfFile({ handle, name, ask }: { handle: HandleId; name: string; ask: Ask }) {
  const [left, setLeft] = useState<Left | null>(null);
  return (
    <div class="left-of-file" data-handle={handle}>
      <ActButton kind="small" label={t('file_ledger', name)} act={async () => setLeft((await ask('ledger.ofHandle', { handle })).left)} />
      <div role="status">{left?.length === 0 && <p class="muted">{t('file_ledger_none', name)}</p>}</div>
      {left !== null && left.length > 0 && (
        <ol>
          {left.map(({ receipt }) => (
            <ReceiptRow key={receipt.id} receipt={receipt} />
          ))}
        </ol>
      )}
    </div>
  );
}
