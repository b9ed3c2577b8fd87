// A person signs in with a one-time code.
import { SignIn } from '../../shared/protocol/api.ts';
import { type EnrolServices, signIn } from '../auth/enrol.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import { openRoute, type Route } from './route.ts';

export function signInRoutes(services: EnrolServices, codeTries: RateLimit): Route[] {
  return [
    openRoute({ method: 'POST', path: '/v1/sign-in', says: 'Sign in with a one-time code', ...SignIn }, async ({ body, address }) => {
      codeTries.take(address);
      return signIn(services, body.code);
    }),
  ];
}
