// The token endpoint: a refresh token for a person's next tokens, an assertion for a device's token (RFC 7523).
import { GetToken } from '../../shared/protocol/api.ts';
import { checkAssertion } from '../auth/device-proof.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import type { Sessions } from '../auth/sessions.ts';
import type { Tokens } from '../auth/tokens.ts';
import type { Database } from '../store/tables.ts';
import { openRoute, type Route } from './route.ts';

export interface TokenServices {
  db: Database;
  tokens: Tokens;
  sessions: Sessions;
  tokenTries: RateLimit;
  /** What an assertion may name as its audience: this cloud under its own names. */
  audience(): readonly string[];
  now(): number;
}

export function tokenRoutes(services: TokenServices): Route[] {
  const { db, tokens, sessions, tokenTries, audience, now } = services;
  return [
    openRoute({ method: 'POST', path: '/v1/token', says: 'Get tokens', ...GetToken }, async ({ body, address }) => {
      tokenTries.take(address);
      if (body.grant_type === 'refresh_token') return sessions.refresh(body.refresh_token);
      const device = await checkAssertion(db, body.client_assertion, audience(), now());
      return tokens.issueDevice(device.id);
    }),
  ];
}
