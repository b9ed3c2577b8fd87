// What the process's end says to scripts. Append-only, like the error codes it is made from.
import type { ErrorCode } from '../../shared/errors.ts';

export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, notPaired: 4, refused: 5 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

const EXIT_OF: Partial<Record<ErrorCode, Exit>> = {
  invalid_params: EXIT.usage,
  agent_down: EXIT.unreachable,
  host_missing: EXIT.unreachable,
  host_forbidden: EXIT.unreachable,
  host_crashed: EXIT.unreachable,
  cloud_away: EXIT.unreachable,
  version_mismatch: EXIT.unreachable,
  not_paired: EXIT.notPaired,
  unauthenticated: EXIT.notPaired,
  revoked: EXIT.notPaired,
  forbidden: EXIT.refused,
  origin_refused: EXIT.refused,
  code_invalid: EXIT.refused,
  grant_refused: EXIT.refused,
  path_refused: EXIT.refused,
  label_refused: EXIT.refused,
  warrant_refused: EXIT.refused,
  approval_denied: EXIT.refused,
  approval_expired: EXIT.refused,
  approval_changed: EXIT.refused,
  budget_spent: EXIT.refused,
  not_inspected: EXIT.refused,
};

export function exitOf(code: ErrorCode): Exit {
  return EXIT_OF[code] ?? EXIT.failed;
}
