import type { Adapter } from 'oidc-provider';
import type { SecretsAtRest } from '../../credentials/secrets_at_rest.ts';
import type { Database } from '../../store/database.ts';
import type { ConfigurationSource } from '../configuration_source.ts';

/** What a model really needs of the library's adapter; the rest is never called. */
export type ModelAdapter = Partial<Adapter>;

export interface AdapterDependencies {
  issuer: string;
  database: Database;
  configurations: ConfigurationSource;
  secrets: SecretsAtRest;
}

/** Stored payloads of tokens and grants carry no end of their own; the library must never find them expired. */
export const neverExpires = 4_102_444_800;

/** A payload without the parts that would be secrets or stale at rest: its own id and its dates. */
export function withoutIdentity(payload: Record<string, unknown>): Record<string, unknown> {
  const { jti: _id, exp: _exp, iat: _iat, ...rest } = payload;
  return rest;
}
