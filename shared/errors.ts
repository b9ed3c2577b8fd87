// The one error table. Codes are append-only: a code that has shipped keeps its meaning. `rpc` is the JSON-RPC 2.0
// number, `http` the status at the cloud's doors, `retryable` says whether the same call may succeed later unchanged.
// A refusal by the gate is not thrown as an error inside decisions; it becomes one of the codes below at the door.

interface ErrorRow {
  rpc: number;
  http: number;
  retryable: boolean;
}

const row = (rpc: number, http: number, retryable = false): ErrorRow => ({ rpc, http, retryable });

export const ERRORS = {
  // The wire.
  parse_error: row(-32700, 400),
  invalid_request: row(-32600, 400),
  unknown_method: row(-32601, 404),
  invalid_params: row(-32602, 400),
  internal: row(-32603, 500),
  too_large: row(-32001, 413),
  bad_frame: row(-32002, 400),
  version_mismatch: row(-32003, 426),
  timeout: row(-32004, 504, true),
  cancelled: row(-32005, 499),
  busy: row(-32006, 429, true),
  // Who is asking.
  unauthenticated: row(-32010, 401),
  token_expired: row(-32011, 401, true),
  forbidden: row(-32012, 403),
  origin_refused: row(-32013, 403),
  code_invalid: row(-32014, 403),
  not_paired: row(-32015, 409),
  revoked: row(-32016, 401),
  // Layers that can be down.
  host_missing: row(-32020, 503),
  host_forbidden: row(-32021, 503),
  host_crashed: row(-32022, 503, true),
  agent_down: row(-32023, 503, true),
  cloud_away: row(-32024, 503, true),
  already_running: row(-32025, 409),
  port_taken: row(-32026, 409),
  state_damaged: row(-32027, 500),
  unavailable: row(-32028, 503),
  // Things named.
  not_found: row(-32030, 404),
  grant_not_found: row(-32031, 404),
  handle_not_found: row(-32032, 404),
  run_not_found: row(-32033, 404),
  conflict: row(-32034, 409),
  // The gate and the person's files.
  grants_damaged: row(-32040, 500),
  grant_refused: row(-32041, 403),
  path_refused: row(-32042, 403),
  not_a_file: row(-32043, 422),
  not_a_folder: row(-32044, 422),
  no_permission: row(-32045, 403),
  vanished: row(-32046, 404),
  changed_while_reading: row(-32047, 409, true),
  disk_full: row(-32048, 507),
  name_taken: row(-32049, 409),
  file_busy: row(-32050, 409, true),
  no_text: row(-32051, 422),
  unsupported: row(-32052, 422),
  label_refused: row(-32053, 403),
  warrant_refused: row(-32054, 403),
  approval_denied: row(-32055, 403),
  approval_expired: row(-32056, 403),
  budget_spent: row(-32057, 403),
  not_inspected: row(-32058, 403),
  approval_changed: row(-32059, 403),
  /** A limit of the person's ended what was under way. */
  limit_reached: row(-32061, 422),
  /** The person narrowed or revoked what a question was about while it was open. */
  approval_withdrawn: row(-32062, 403),
  // Inference.
  model_failed: row(-32060, 502, true),
  // The web.
  address_refused: row(-32070, 403),
  download_failed: row(-32071, 502),
  sign_in_needed: row(-32072, 403),
  page_only: row(-32073, 422),
  inbox_missing: row(-32074, 409),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** Every error code, for schemas and tests. */
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/**
 * The one error class. `message` names the thing and the next step a person can take; it must not contain file content.
 * `next` is that step alone, where a screen wants to show it apart.
 */
export class HeadgateError extends Error {
  readonly code: ErrorCode;
  readonly next: string | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; next?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HeadgateError';
    this.code = code;
    this.next = options.next;
  }
}

/** What crosses a door in place of an Error. */
export interface ErrorData {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  next?: string | undefined;
}

/** Turns anything thrown into what may cross a door: known errors by code, everything else as `internal` with no detail. */
export function toErrorData(thrown: unknown): ErrorData {
  if (thrown instanceof HeadgateError) {
    const data: ErrorData = { code: thrown.code, message: thrown.message, retryable: ERRORS[thrown.code].retryable };
    if (thrown.next !== undefined) data.next = thrown.next;
    return data;
  }
  return { code: 'internal', message: 'Something went wrong inside Headgate. The log has the details.', retryable: false };
}

export function fromErrorData(data: { code: ErrorCode; message: string; next?: string | undefined }): HeadgateError {
  return new HeadgateError(data.code, data.message, data.next === undefined ? {} : { next: data.next });
}
