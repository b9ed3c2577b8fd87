// The toolbar badge: what needs the person first. A problem `!`, then approvals by number, then work under way `…`, then a
// `✓` for a moment after something was saved. The title says the same in words.
import browser from 'webextension-polyfill';
import { t } from '../i18n.ts';
import type { Snapshot } from '../screen-protocol.ts';

export interface Badge {
  text: string;
  color: string;
  title: string;
}

/** White on each of these has a contrast of at least 4.5:1. */
const COLORS = { problem: '#a3341f', approvals: '#8a5a00', running: '#1d6471', saved: '#2b6b45' } as const;
const LAYER_DOWN = new Set(['host_missing', 'host_forbidden', 'host_crashed', 'version_mismatch', 'agent_down']);

export function badgeFor(snapshot: Snapshot, justSaved: boolean): Badge {
  const { host, problem, saving, status } = snapshot;
  const approvals = status?.approvals ?? 0;
  const active = status?.runs.active ?? 0;
  if (problem !== null || (host.state === 'down' && LAYER_DOWN.has(host.code)))
    return { text: '!', color: COLORS.problem, title: t('badge_problem') };
  if (approvals > 0)
    return { text: String(Math.min(approvals, 99)), color: COLORS.approvals, title: t('badge_approvals', String(approvals)) };
  if (saving || active > 0) return { text: '…', color: COLORS.running, title: t('badge_running') };
  if (justSaved) return { text: '✓', color: COLORS.saved, title: t('badge_saved') };
  return { text: '', color: COLORS.running, title: t('extension_name') };
}

/** Shows badges, each only when it differs from what is shown. */
export function createBadgeKeeper(): (badge: Badge) => void {
  let shown = '';
  return (badge) => {
    const wish = JSON.stringify(badge);
    if (wish === shown) return;
    shown = wish;
    void browser.action.setBadgeText({ text: badge.text });
    void browser.action.setBadgeBackgroundColor({ color: badge.color });
    void browser.action.setTitle({ title: badge.title });
  };
}
