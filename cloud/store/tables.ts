// The tables as kysely sees them. Times are milliseconds since 1970 (int8, read as numbers). JSON columns are `json`, not
// `jsonb`: they are kept as written, so that any string a device may send (also U+0000) can be stored.
import type { Generated, JSONColumnType, Kysely } from 'kysely';
import type { RunEvent } from '../../shared/run/events.ts';
import type { RunState } from '../../shared/run/fold.ts';
import type { Where } from '../../shared/run/plan.ts';
import type { RunView } from '../../shared/run/view.ts';

/** A public or private key in JWK form. */
export interface StoredJwk {
  kty: string;
  crv: string;
  x: string;
  y?: string | undefined;
  d?: string | undefined;
}

export type RunSummaryRow = Omit<RunView, 'steps'>;

export interface Tables {
  persons: { id: string; created_at: number; signed_in_at: number };
  codes: {
    hash: string;
    kind: 'owner' | 'person';
    person: string | null;
    created_at: number;
    expires_at: number;
    used_at: number | null;
    attempts: Generated<number>;
  };
  refresh_families: { id: string; person: string; device: string | null; created_at: number; revoked_at: number | null };
  refresh_tokens: {
    hash: string;
    family: string;
    number: number;
    created_at: number;
    expires_at: number;
    used_at: number | null;
    /** Used a second time within the grace, or taken out of use by that second use. */
    spent: Generated<boolean>;
  };
  devices: {
    id: string;
    person: string;
    name: string;
    machine: string;
    thumbprint: string;
    sign_key: JSONColumnType<StoredJwk>;
    seal_key: JSONColumnType<StoredJwk>;
    created_at: number;
    last_seen_at: number | null;
    revoked_at: number | null;
    /** Compact JWS by the device. */
    ledger_head: string | null;
  };
  /** Ids of device assertions that were used, until they would have expired anyway. */
  assertions: { device: string; jti: string; expires_at: number };
  signing_keys: { kid: string; private_key: JSONColumnType<StoredJwk>; created_at: number; retired_at: number | null };
  runs: {
    id: string;
    person: string;
    device: string;
    /** Who writes the log now. */
    writer: 'cloud' | 'home';
    status: RunState['status'];
    seq: number;
    epoch: number;
    /** The state after event `state_seq`; what is later is folded on from the log. */
    state: JSONColumnType<RunState>;
    state_seq: number;
    summary: JSONColumnType<RunSummaryRow>;
    sealed: string;
    created_at: number;
    /** When the writer must look again though nothing happened. */
    wake_at: number | null;
  };
  run_requests: {
    id: string;
    person: string;
    device: string;
    recipe: string;
    input: JSONColumnType<Record<string, unknown>>;
    /** `where` of the request. */
    place: Where;
    state: 'waiting' | 'asked' | 'started' | 'refused';
    run: string | null;
    code: string | null;
    created_at: number;
    expires_at: number;
  };
  events: { run: string; seq: number; epoch: number; body: JSONColumnType<RunEvent> };
}

export type Database = Kysely<Tables>;
