import { errors } from 'oidc-provider';
import type { ModelAdapter } from './dependencies.ts';

/** Tokens of clients without a user are JWTs for a resource; one without a resource would open nothing. */
export function clientCredentialsAdapter(): ModelAdapter {
  return {
    upsert: () => Promise.reject(new errors.InvalidTarget('name the resource that the token is for')),
  };
}
