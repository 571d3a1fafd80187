import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Queryable } from '../store/database.ts';
import { renameTotpFactor as writeName } from '../store/second_factors.ts';
import { defaultTotpName } from './enrol_totp.ts';

/** Give one of the account's authenticators another name; false when it has none of that id. */
export async function renameTotpFactor(
  tx: Queryable,
  { accountId, factorId, name }: { accountId: string; factorId: string; name: string },
  origin: Origin,
): Promise<boolean> {
  if (!(await writeName(tx, { accountId, factorId, name: name || defaultTotpName }))) return false;
  await recordEvent(tx, 'factor.renamed', { accountId }, origin, { method: 'otp', factor_id: factorId });
  return true;
}
