import { generateRecoveryCodes } from '../credentials/recovery_codes.ts';
import { hashToken } from '../credentials/token_hash.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Queryable } from '../store/database.ts';
import { hasSecondFactor, replaceRecoveryCodes } from '../store/second_factors.ts';
import { lockAccount } from '../store/sessions.ts';
import { queueMail } from './queue_mail.ts';

/** New recovery codes in the place of the old ones, to be shown once; undefined where there is no factor to recover. */
export async function renewRecoveryCodes(
  tx: Queryable,
  accountId: string,
  origin: Origin,
): Promise<string[] | undefined> {
  await lockAccount(tx, accountId);
  if (!(await hasSecondFactor(tx, accountId))) return undefined;
  const codes = generateRecoveryCodes();
  await replaceRecoveryCodes(tx, accountId, codes.map(hashToken));
  await recordEvent(tx, 'recovery_codes.renewed', { accountId }, origin, { count: codes.length });
  await queueMail(tx, 'recovery_codes_renewed', accountId, origin);
  return codes;
}
