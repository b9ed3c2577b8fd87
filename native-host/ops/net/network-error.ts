// What goes wrong on the way to a server and back, in codes and plain words. No message names the address: it goes into the
// run's log.
import { type ErrorCode, HeadgateError } from '../../../shared/errors.ts';
import { errnoOf } from '../../gate/resolve/errno.ts';

const NOTHING = 'Nothing was saved.';

/** Beginnings of the system's codes, the first that fits. */
const CAUSES: readonly (readonly [start: RegExp, code: ErrorCode, says: string])[] = [
  [/^(ENOTFOUND|ENODATA)/, 'download_failed', 'There is no server of this name, or no network.'],
  [/^EAI_/, 'download_failed', 'The name of the server cannot be looked up now. Is there a network?'],
  [/^ECONNREFUSED/, 'download_failed', 'The server takes no connections.'],
  [/^(ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL)/, 'download_failed', 'There is no way to the server. Is there a network?'],
  [/^(ETIMEDOUT|ESOCKETTIMEDOUT)/, 'timeout', 'The server does not answer.'],
  [/^HPE_HEADER_OVERFLOW/, 'download_failed', 'The server’s answer has a head that is too long.'],
  [/^(HPE_|ERR_HTTP|ERR_INVALID_HTTP)/, 'download_failed', 'The server’s answer is no valid HTTP.'],
  [
    /^(Z_|ERR_BROTLI|ERR__ERROR|ERR_ZLIB|ZSTD_|ERR_PADDING)/,
    'download_failed',
    'What the server sent is packed in a way that cannot be undone.',
  ],
  [/CERT|SIGNATURE|ISSUER|CRL|SELF_SIGNED|ALTNAME/, 'download_failed', 'The server cannot prove who it is: its certificate is not valid.'],
  [/^(EPROTO|ERR_SSL|ERR_TLS)/, 'download_failed', 'No safe connection to the server can be made.'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE)/, 'download_failed', 'The connection broke off.'],
];

/** A cancelled run is no failure of the network's. What is not known stays as it was. */
export function networkError(thrown: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (thrown instanceof HeadgateError) return thrown;
  const errno = errnoOf(thrown) ?? '';
  const cause = CAUSES.find(([start]) => start.test(errno));
  return cause === undefined ? thrown : new HeadgateError(cause[1], `${cause[2]} ${NOTHING}`, { cause: thrown });
}
