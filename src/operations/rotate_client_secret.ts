import { generateSecret, hashToken } from '../credentials/token_hash.ts';
import type { Instant } from '../domain/instants.ts';
import { formatInstant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import { Problem } from '../domain/problems.ts';
import { readAuthor } from '../domain/read_author.ts';
import { recordEvent } from '../events/record_event.ts';
import { replaceClientSecret } from '../store/clients.ts';
import { bumpConfigurationVersion } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';
import { readNow } from '../store/sessions.ts';
import { lockClient } from './lock_client.ts';

/** Seconds for which the secret before goes on proving the client: unless told otherwise, and at most. */
export const usualSecretOverlap = 86_400;
export const longestSecretOverlap = 30 * 86_400;
/** So many secrets of before may be good at once. */
const mostFormerSecrets = 5;

export interface RotatedSecret {
  /** Told this once: only its hash is kept. */
  secret: string;
  /** When the one before proves nothing any more; absent: it does not already. */
  formerEndsAt?: Instant;
}

/**
 * Give a client a new secret, in a version of the configuration of its own. For `overlap` seconds the one before is
 * good as well; those before it end then too, if not sooner, so that an overlap of 0 ends them all. No session and no
 * family ends. Throws Problem `client_unknown`, and `client_secret` where there is none to rotate or too many are good.
 */
export async function rotateClientSecret(
  tx: Queryable,
  { clientId, overlap }: { clientId: string; overlap: number },
  origin: Origin,
): Promise<RotatedSecret> {
  const { client } = await lockClient(tx, clientId);
  if (!client.secretHash)
    throw new Problem('client_secret', `${clientId} has no secret: it proves itself by keys, or is public.`);
  const now = await readNow(tx);
  const good = (client.formerSecrets ?? []).filter(({ endsAt }) => now < endsAt);
  if (overlap > 0 && good.length >= mostFormerSecrets)
    throw new Problem(
      'client_secret',
      `${clientId} has ${good.length} earlier secrets that are still good: wait, or rotate without an overlap.`,
    );
  const secret = generateSecret();
  const formerEndsAt = await replaceClientSecret(tx, { clientId, secretHash: hashToken(secret), overlap });
  const version = await bumpConfigurationVersion(tx, readAuthor(origin));
  await recordEvent(tx, 'client.secret_rotated', { clientId }, origin, {
    version,
    overlap,
    ...(formerEndsAt === undefined ? {} : { former_ends_at: formatInstant(formerEndsAt) }),
  });
  return { secret, ...(formerEndsAt === undefined ? {} : { formerEndsAt }) };
}
