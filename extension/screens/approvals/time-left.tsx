// How long a question still waits, counted down on the screen; by the second only where that matters.
import { t, tCount } from '../../i18n.ts';
import { useNow } from '../use-now.ts';

const MINUTE_MS = 60_000;
const BY_SECONDS_MS = 2 * MINUTE_MS;

export function TimeLeft({ until }: { until: number }) {
  const near = until - Date.now() < BY_SECONDS_MS;
  const left = until - useNow(near ? 1_000 : 15_000);
  if (left <= 0) return <span class="late">{t('approval_expired')}</span>;
  if (left < MINUTE_MS) return <span class="late">{tCount('approval_expires_seconds', Math.ceil(left / 1000))}</span>;
  return <span>{tCount('approval_expires', Math.round(left / MINUTE_MS))}</span>;
}
