import type { Configuration } from '../domain/configuration.ts';
import { addSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import { defaultRotateEvery } from '../domain/signing_keys.ts';
import type { SigningKeyTimes } from '../domain/signing_keys.ts';

/** Between the moment that a new key has and the commit that publishes it, in seconds. */
const publishingSeconds = 0.5;
/** What an instance that has not yet heard of the rotation may go on signing, in seconds. */
const followingSeconds = 30;

/**
 * When every kept copy of the JWKS has the next keys. A copy may be from just before a key was made, and kept for as
 * long as was said then: by the key itself, or by the one that signs now. undefined: one of them has no next key.
 */
export function findReadyAt(keys: readonly SigningKeyTimes[]): Instant | undefined {
  const current = keys.filter(({ state }) => state === 'current');
  const readyAt = current.map((signing) => {
    const next = keys.find((key) => key.state === 'next' && isAlike(key, signing));
    if (!next) return undefined;
    const kept = Math.max(next.jwksMaxAge, signing.jwksMaxAge);
    return addSeconds(next.createdAt, kept + publishingSeconds);
  });
  if (readyAt.length === 0) return undefined;
  return readyAt.every((at) => at !== undefined) ? Math.max(...readyAt) : undefined;
}

/** Whether the schedule wants another key to sign, and there is one that everybody knows. */
export function isRotationDue(
  keys: readonly SigningKeyTimes[],
  { keys: settings }: Pick<Configuration, 'keys'>,
  now: Instant,
): boolean {
  const readyAt = findReadyAt(keys);
  const since = keys.flatMap(({ state, activatedAt }) => (state === 'current' ? (activatedAt ?? []) : []));
  const dueAt = addSeconds(Math.min(...since), settings?.rotateEvery ?? defaultRotateEvery);
  return readyAt !== undefined && now >= Math.max(readyAt, dueAt);
}

/**
 * For how long a replaced key stays published, in seconds: until its last token is over, and every session in which an
 * app may show an ID token of it once more, to sign out.
 */
export function findPublishedSeconds({ policies }: Pick<Configuration, 'policies'>): number {
  const all = [builtInDefaultPolicy, ...policies.values()]
    .filter(({ name }, index) => index > 0 || !policies.has(name))
    .map(({ limits }) => limits);
  const lifetimes = all.flatMap(({ access_token_ttl = 0, session_absolute = 0 }) => [
    access_token_ttl,
    session_absolute,
  ]);
  return Math.max(...lifetimes) + followingSeconds;
}

function isAlike(one: SigningKeyTimes, other: SigningKeyTimes): boolean {
  return one.purpose === other.purpose && one.algorithm === other.algorithm;
}
