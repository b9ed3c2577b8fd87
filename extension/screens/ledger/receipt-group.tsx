// What left in one run, as one entry that opens to its receipts: when, how much, to whom, under which label, who said yes,
// and what was taken out before.
import { escapeForDisplay } from '../../../shared/gate/names.ts';
import { isHeldBack, type Receipt } from '../../../shared/gate/release.ts';
import { type MessageKey, t, tCount } from '../../i18n.ts';
import { CloudIcon, DeviceIcon, HomeIcon, OpenIcon } from '../look/icons.tsx';
import { Name } from '../look/name.tsx';
import { bytesWords, exactTimeWords, purposeWords, timeWords } from '../words.ts';
import { type ReceiptGroup, withheldOf } from './receipts.ts';

const DESTINATIONS = {
  cloud: [CloudIcon, 'to_cloud'],
  screen: [HomeIcon, 'to_screen'],
  client: [OpenIcon, 'to_client'],
  device: [DeviceIcon, 'to_device'],
} as const satisfies Record<Receipt['destination'], readonly [unknown, MessageKey]>;
const APPROVERS = { label: 'by_label', person: 'by_person', screen: 'by_screen' } as const satisfies Record<
  Receipt['approvedBy'],
  MessageKey
>;
/** Receipts of one entry that are drawn; there may be hundreds. */
const MAX_SHOWN = 60;

export function ReceiptGroupRow({ group, title, now, open }: { group: ReceiptGroup; title: string; now: number; open: boolean }) {
  const { receipts, bytes, withheld } = group;
  const [newest] = receipts;
  if (newest === undefined) return null;
  const [Picture, to] = DESTINATIONS[newest.destination];
  return (
    <li class="card receipts" data-run={group.run}>
      <details open={open}>
        <summary>
          <span class="receipts-to" data-destination={newest.destination}>
            <Picture size={16} label={t(to)} />
          </span>
          <span class="receipts-main">
            <Name>{title}</Name>
            <span class="muted">
              {isHeldBack(newest)
                ? t('receipts_held', toWords(newest))
                : t('receipts_line', whatWords(receipts), bytesWords(bytes), toWords(newest))}
              {withheld > 0 && !isHeldBack(newest) && ` · ${tCount('withheld', withheld)}`}
            </span>
          </span>
          <time class="muted" dateTime={new Date(newest.at).toISOString()}>
            {timeWords(newest.at, now)}
          </time>
        </summary>
        <ol>
          {receipts.slice(0, MAX_SHOWN).map((receipt) => (
            <ReceiptRow key={receipt.id} receipt={receipt} />
          ))}
          {receipts.length > MAX_SHOWN && <li class="muted">{tCount('approval_more', receipts.length - MAX_SHOWN)}</li>}
        </ol>
      </details>
    </li>
  );
}

export function ReceiptRow({ receipt }: { receipt: Receipt }) {
  const { at, bytes, purpose, label, approvedBy } = receipt;
  const withheld = withheldOf(receipt);
  const isHeld = isHeldBack(receipt);
  return (
    <li class="receipt" data-receipt={receipt.id}>
      <p>
        <span>{purposeWords(purpose)}</span> <span class="amount">{bytesWords(bytes)}</span>
      </p>
      <p class="muted">
        {[
          exactTimeWords(at),
          toWords(receipt),
          t('receipt_label', t(`label_${label}`)),
          t(isHeld ? 'by_nobody' : APPROVERS[approvedBy]),
        ].join(' · ')}
      </p>
      {withheld > 0 && (
        <p class="muted">
          {t(
            isHeld ? 'receipt_held' : 'approval_without',
            (receipt.rules ?? [])
              .filter(({ redacted }) => redacted)
              .map(({ rule, count }) => `${count} × ${rule}`)
              .join(', '),
          )}
        </p>
      )}
    </li>
  );
}

/** What files are called is no text of theirs, and is not counted as one. */
function whatWords(receipts: readonly Receipt[]): string {
  const texts = receipts.filter(({ purpose }) => purpose !== 'names').length;
  const parts = [...(texts > 0 ? [tCount('releases', texts)] : []), ...(texts < receipts.length ? [t('receipts_names')] : [])];
  return parts.join(', ');
}

function toWords({ model, destination }: Receipt): string {
  return model === null ? t(DESTINATIONS[destination][1]) : escapeForDisplay(model);
}
