// What a browser says when a native port closes → the layer that is down. The texts are Chromium's and Firefox's own, in
// English in every locale; Firefox names one cause only for "not installed" and "not allowed", on purpose.
import type { ErrorCode } from '../../shared/errors.ts';

const TEXTS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/forbidden/i, 'host_forbidden'],
  [/not found|no such native application|not registered/i, 'host_missing'],
  [/exited|error when communicating|failed to start|unexpected error|exceeds the limit/i, 'host_crashed'],
];

/** No text at all means that the host left by itself. */
export function classifyDisconnect(text: string | undefined): ErrorCode {
  return TEXTS.find(([pattern]) => pattern.test(text ?? ''))?.[1] ?? 'host_crashed';
}
