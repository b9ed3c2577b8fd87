// What left, day by day, as a small picture; the same in words for who does not see it.
import { t } from '../../i18n.ts';
import { bytesWords, dayWords } from '../words.ts';
import type { Day } from './receipts.ts';

export function DayBars({ days }: { days: readonly Day[] }) {
  const most = Math.max(...days.map(({ bytes }) => bytes), 1);
  const total = days.reduce((sum, { bytes }) => sum + bytes, 0);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return null;
  return (
    <figure class="days">
      <figcaption>
        <strong>{total === 0 ? t('days_none') : bytesWords(total)}</strong> <span class="muted">{t('days_left', String(days.length))}</span>
      </figcaption>
      <ol>
        {days.map(({ at, bytes, releases }) => {
          const words = t('days_one', dayWords(at), bytesWords(bytes), String(releases));
          return (
            <li key={at} title={words} data-bytes={bytes}>
              <span class="hidden">{words}</span>
              <span
                class="bar"
                style={{ height: bytes === 0 ? '2px' : `${Math.max(8, (bytes / most) * 100)}%` }}
                data-empty={bytes === 0}
              />
            </li>
          );
        })}
      </ol>
      <p class="muted scale" aria-hidden="true">
        <span>{dayWords(first.at)}</span>
        <span>{dayWords(last.at)}</span>
      </p>
    </figure>
  );
}
