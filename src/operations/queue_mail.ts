import type { MailNotice } from '../domain/notices.ts';
import type { Origin } from '../domain/origin.ts';
import type { Queryable } from '../store/database.ts';
import { insertNotices } from '../store/notices.ts';
import { readNow } from '../store/sessions.ts';

/** Queue a mail to an account, or to nobody, in the transaction of what it tells. */
export async function queueMail(
  tx: Queryable,
  mail: MailNotice['mail'],
  accountId: string | null,
  { address }: Origin,
): Promise<void> {
  const at = new Date((await readNow(tx)) / 1000).toUTCString();
  const payload: MailNotice = { mail, accountId, at, ...(address === undefined ? {} : { address }) };
  await insertNotices(tx, [{ kind: 'mail', receiver: 'mail', payload: { ...payload } }]);
}
