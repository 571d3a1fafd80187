import { generateSigningKey, sealSigningKey } from '../credentials/signing_keys.ts';
import type { SigningAlgorithm } from '../credentials/signing_keys.ts';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { Configuration } from '../domain/configuration.ts';
import { formatInstant } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import { Problem } from '../domain/problems.ts';
import { defaultJwksMaxAge } from '../domain/signing_keys.ts';
import type { SigningKeyTimes } from '../domain/signing_keys.ts';
import { recordEvent } from '../events/record_event.ts';
import { findPublishedSeconds, findReadyAt, isRotationDue } from '../policy/evaluate_key_rotation.ts';
import type { Queryable } from '../store/database.ts';
import {
  activateSigningKey,
  insertSigningKey,
  listSigningKeyTimes,
  lockSigningKeys,
} from '../store/signing_keys.ts';

/** One kind of key: which signs now, which did, and which will. */
export interface RotatedKey {
  purpose: string;
  algorithm: string;
  current: string;
  previous: string | undefined;
  next: string;
}

export interface RotateOptions {
  configuration: Configuration;
  /**
   * `manual` refuses until the next keys are known everywhere, `forced` does not wait, `scheduled` does nothing
   * until it is time.
   */
  mode: 'manual' | 'forced' | 'scheduled';
}

/**
 * Let the next key of each kind sign, keep the one before published until the last of its tokens is over, and publish
 * another to be the next. Throws Problem `key_not_public`.
 */
export async function rotateSigningKeys(
  tx: Queryable,
  secrets: SecretsAtRest,
  options: RotateOptions,
  origin: Origin,
): Promise<RotatedKey[]> {
  const before = await readRotatable(tx, options);
  if (!before) return [];
  // Made before anything is locked: an RSA key takes its time.
  const made = await Promise.all(
    before.next.map(({ algorithm }) => generateSigningKey(algorithm as SigningAlgorithm)),
  );
  await lockSigningKeys(tx);
  const found = await readRotatable(tx, options);
  if (!found) return [];

  const rotated: RotatedKey[] = [];
  for (const { keyId, purpose, algorithm } of found.next) {
    const at = made.findIndex((key) => key.algorithm === algorithm);
    const [key] = at < 0 ? [] : made.splice(at, 1);
    if (!key) throw new Error(`No ${algorithm} key was made.`);
    const seconds = findPublishedSeconds(options.configuration);
    const former = await activateSigningKey(tx, { keyId, purpose, algorithm }, seconds);
    const named = { key_id: keyId, algorithm, purpose, forced: !found.isReady };
    const replaced = former && {
      replaced: former.replaced,
      published_until: formatInstant(former.publishedUntil),
    };
    await recordEvent(tx, 'signing_key.activated', {}, origin, { ...named, ...replaced });
    await insertSigningKey(tx, {
      ...sealSigningKey(secrets, key),
      purpose,
      isCurrent: false,
      jwksMaxAge: options.configuration.keys?.jwksMaxAge ?? defaultJwksMaxAge,
    });
    await recordEvent(tx, 'signing_key.created', {}, origin, {
      key_id: key.keyId,
      algorithm,
      purpose,
      state: 'next',
    });
    rotated.push({ purpose, algorithm, current: keyId, previous: former?.replaced, next: key.keyId });
  }
  return rotated;
}

/** The next keys, if they may sign now. */
async function readRotatable(
  tx: Queryable,
  { configuration, mode }: RotateOptions,
): Promise<{ next: SigningKeyTimes[]; isReady: boolean } | undefined> {
  const { keys, now } = await listSigningKeyTimes(tx);
  if (mode === 'scheduled' && !isRotationDue(keys, configuration, now)) return undefined;
  const readyAt = findReadyAt(keys);
  const isReady = readyAt !== undefined && now >= readyAt;
  if (mode === 'manual' && !isReady) throw notPublic(readyAt);
  return { next: keys.filter(({ state }) => state === 'next'), isReady };
}

function notPublic(readyAt: Instant | undefined): Problem {
  const advice = 'Force it only if a key has leaked: tokens may fail to verify until then.';
  return new Problem(
    'key_not_public',
    readyAt === undefined
      ? 'There is no next key yet: a running server publishes one.'
      : `The next keys are not known everywhere before ${formatInstant(readyAt).slice(0, 19)}Z, when the last kept copy of the published keys is over. ${advice}`,
  );
}
