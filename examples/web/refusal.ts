import { ResponseBodyError } from 'openid-client';
import type { HeldTokens } from './tokens.ts';

/** A refresh that the token endpoint refused for good. */
export interface Refusal {
  readonly error: string;
  readonly description: string | undefined;
  /** `idle_timeout` of `idle_timeout: no activity for 30 minutes. Sign in again.` */
  readonly reason: string | undefined;
  /** The rest of the description, for people. */
  readonly sentence: string;
  /** Further members of the answer; a trusted client learns limit, policy and version. */
  readonly details: readonly (readonly [name: string, value: string])[];
  readonly refusedAt: number;
  /** What was held when it came; says which deadlines the app had been told. */
  readonly held: HeldTokens;
}

/**
 * The refusal in an error of `refreshTokenGrant`; undefined if the refresh token may still be good, as
 * after an outage or a request that the server found wrong.
 */
export function readRefusal(fault: unknown, held: HeldTokens, refusedAt: number): Refusal | undefined {
  if (!(fault instanceof ResponseBodyError) || !lastingRefusals.has(fault.error)) return undefined;
  const { error, error_description: description } = fault;
  const [, reason, rest] = /^([a-z_]+): (.+)$/s.exec(description ?? '') ?? [];
  return {
    error,
    description,
    reason,
    sentence: capitalise(rest ?? description ?? 'the server gave no further reason.'),
    details: Object.entries(fault.cause)
      .filter(([name]) => name !== 'error' && name !== 'error_description')
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const),
    refusedAt,
    held,
  };
}

/** `invalid_scope`: not one of the scopes may be granted any more. We never ask for more than we had. */
const lastingRefusals = new Set(['invalid_grant', 'invalid_scope']);

const capitalise = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
