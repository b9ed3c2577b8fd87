// The public keys of this cloud (RFC 7517) and where its doors are (RFC 8414).
import * as z from 'zod';
import type { KeyRing } from '../auth/key-ring.ts';
import { openRoute, type Route } from './route.ts';

const Jwks = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });
const Metadata = z.looseObject({ issuer: z.string(), token_endpoint: z.string(), jwks_uri: z.string() });

export function keyRoutes(ring: KeyRing, issuer: () => string): Route[] {
  return [
    openRoute(
      { method: 'GET', path: '/.well-known/jwks.json', says: 'The keys that sign tokens', result: Jwks },
      async () => ring.jwks() as z.infer<typeof Jwks>,
    ),
    openRoute(
      { method: 'GET', path: '/.well-known/oauth-authorization-server', says: 'Issuer and token endpoint (RFC 8414)', result: Metadata },
      async () => ({
        issuer: issuer(),
        token_endpoint: `${issuer()}/v1/token`,
        jwks_uri: `${issuer()}/.well-known/jwks.json`,
        grant_types_supported: ['client_credentials', 'refresh_token'],
        token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
        token_endpoint_auth_signing_alg_values_supported: ['EdDSA', 'Ed25519'],
      }),
    ),
  ];
}
