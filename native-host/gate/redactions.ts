// The values behind a run's placeholders. They are kept at home, as long as the run's handles, and go nowhere from here but
// back into answers of the same run.
import type { RunId } from '../../shared/ids.ts';
import type { Replacement } from '../../shared/gate/redact.ts';
import type { Store } from '../state/database.ts';
import { HANDLE_LIFE_MS } from '../state/handles.ts';

export function knownRedactions(store: Store, run: RunId): Replacement[] {
  return store.all<{ placeholder: string; value: string }>('SELECT placeholder, value FROM redactions WHERE run = ?', run);
}

export function keepRedactions(store: Store, run: RunId, replacements: readonly Replacement[], now: number): void {
  for (const { placeholder, value } of replacements) {
    store.run(
      'INSERT INTO redactions (run, placeholder, value, expires_at) VALUES (?, ?, ?, ?) ON CONFLICT (run, placeholder) DO UPDATE SET expires_at = excluded.expires_at',
      run,
      placeholder,
      value,
      now + HANDLE_LIFE_MS,
    );
  }
}

export function purgeRedactions(store: Store, now: number): void {
  store.run('DELETE FROM redactions WHERE expires_at <= ?', now);
}
