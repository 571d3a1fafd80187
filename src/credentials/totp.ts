import { generateSecret, generateURI, verify } from 'otplib';
import { toEpochSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';

/** Seconds of one time step (RFC 6238). */
export const totpStepSeconds = 30;
/** In how many steps after its own a code is taken too, unless the operator wants none (RFC 6238 §5.2). */
export const defaultPastSteps = 1;
/** For how long a code is taken, from the beginning of its step, in seconds. */
export function totpLifetime(pastSteps = defaultPastSteps): number {
  return totpStepSeconds * (1 + pastSteps);
}

/** A new secret of 160 bits, base32 (RFC 4226 §4 R6). */
export function generateTotpSecret(): string {
  return generateSecret();
}

/** The key URI that authenticator apps read, for `account` at `issuer`. */
export function totpUri(secret: string, { issuer, account }: { issuer: string; account: string }): string {
  return generateURI({ issuer, label: account, secret });
}

/**
 * The time step that `code` belongs to: the current one or, for a clock or a thumb that is late, one of the
 * `pastSteps` before it (RFC 6238 §5.2); undefined when it is none of them. Whether the step was used is the caller's to ask.
 */
export async function findTotpStep(
  secret: string,
  code: string,
  now: Instant,
  pastSteps = defaultPastSteps,
): Promise<number | undefined> {
  const token = code.replace(/[\s-]/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const result = await verify({
    secret,
    token,
    epoch: toEpochSeconds(now),
    epochTolerance: [totpStepSeconds * pastSteps, 0],
  });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}
