import type { RateLimit, RateLimitKind } from '../domain/rate_limits.ts';
import { recordEvent } from '../events/record_event.ts';
import { findAccountByUsername, findAccountIdByEmail } from '../store/accounts.ts';
import type { Database } from '../store/database.ts';

/** Record that a limit refuses; the trail has an address, a client or an account, never a username that was tried. */
export async function recordRefusedRate(
  database: Database,
  { kind, subject, limit }: { kind: RateLimitKind; subject: string; limit: RateLimit },
): Promise<void> {
  const { most, seconds } = limit;
  const detail = { kind, most, seconds };
  if (kind === 'token_client') {
    return await recordEvent(database, 'rate_limit.exceeded', { clientId: subject }, {}, detail);
  }
  if (kind === 'password_link_account') {
    const byUsername = (await findAccountByUsername(database, subject))?.account.accountId;
    const accountId = byUsername ?? (await findAccountIdByEmail(database, subject));
    return await recordEvent(database, 'rate_limit.exceeded', { accountId }, {}, detail);
  }
  await recordEvent(database, 'rate_limit.exceeded', {}, { address: describeSubject(kind, subject) }, detail);
}

/** An IPv6 address counts by its network of 64 bits; networks are counted as such. */
function describeSubject(kind: RateLimitKind, subject: string): string {
  if (kind === 'sign_in_network') return subject;
  return subject.includes(':') ? `${subject}::/64` : subject;
}
