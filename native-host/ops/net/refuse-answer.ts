// Which answers of a server are the file that was asked for. One that asks for a sign-in instead is told apart, because the
// browser may have what the host does not: the person's session there.
import { HeadgateError } from '../../../shared/errors.ts';
import type { FileKind } from './file-kinds.ts';
import type { OpenResponse } from './open-response.ts';

/** Words in addresses where people sign in. */
const SIGN_IN = /(^|[/._-])(log-?_?in|log-?_?on|sign-?_?in|sso|oauth2?|openid|saml2?|auth|authenticate|wayf)([/._?-]|$)/i;

/** `seen`: what the body turned out to be. Throws `sign_in_needed` and `download_failed`. */
export function refuseAnswer({ response, url, way }: OpenResponse, seen: FileKind | null = null): void {
  const status = response.statusCode ?? 0;
  if (status === 401 || status === 403)
    throw new HeadgateError('sign_in_needed', 'The server gives this only to people who have signed in there. Nothing was saved.', {
      next: 'Download it with the browser, as you are signed in.',
    });
  const [first] = way;
  const ledToSignIn = way.length > 1 && isSignIn(url) && !(first !== undefined && isSignIn(first));
  if (ledToSignIn && seen?.ending === '.html')
    throw new HeadgateError('sign_in_needed', 'Instead of the file the server shows a page to sign in. Nothing was saved.', {
      next: 'Download it with the browser, as you are signed in.',
    });
  if (status === 200) return;
  if (status === 404 || status === 410)
    throw new HeadgateError('download_failed', `The server does not have this (${status}). Nothing was saved.`);
  if (status === 206) throw new HeadgateError('download_failed', 'The server sent only a part of the file. Nothing was saved.');
  if (status === 204 || status === 205) throw new HeadgateError('download_failed', 'The server answered with nothing.');
  if (status === 429 || status === 503)
    throw new HeadgateError('download_failed', `The server has too much to do (${status}). Try again later.`);
  throw new HeadgateError('download_failed', `The server answered ${status} instead of the file. Nothing was saved.`);
}

function isSignIn(url: URL): boolean {
  return SIGN_IN.test(url.pathname) || SIGN_IN.test(url.hostname);
}
