import type { ClientDefinition } from '../domain/configuration.ts';
import type { Instant } from '../domain/instants.ts';
import { matchesHash } from './token_hash.ts';

/**
 * Whether `secret` proves a client at `now`: its own does, and one that it had before until that one's end, not at it.
 * All are compared, whichever it is.
 */
export function provesClient(
  { secretHash, formerSecrets = [] }: Pick<ClientDefinition, 'secretHash' | 'formerSecrets'>,
  secret: string,
  now: Instant,
): boolean {
  const former = formerSecrets.filter(({ endsAt }) => now < endsAt).map(({ hash }) => hash);
  const good = secretHash ? [secretHash, ...former] : former;
  return good.filter((hash) => matchesHash(secret, hash)).length > 0;
}
