import type { Queryable } from './database.ts';

/** For this long after an operator's link was used, a first second factor may be set up, in seconds. */
export const enrolmentInvitationSeconds = 3600;

/** Keep that the account's owner has come by an operator's link just now; with `false`, that it holds no more. */
export async function writeEnrolmentInvitation(
  tx: Queryable,
  accountId: string,
  invited: boolean,
): Promise<void> {
  await tx.query(
    {
      name: 'enrolment_invitation_write',
      text: 'update accounts set enrolment_invited_at = case when $2 then curfew_now() end where account_id = $1',
    },
    [accountId, invited],
  );
}

/** Whether the account's owner came by an operator's link within `enrolmentInvitationSeconds`. */
export async function isEnrolmentInvited(db: Queryable, accountId: string): Promise<boolean> {
  const rows = await db.query(
    {
      name: 'enrolment_invitation_find',
      text: `select from accounts where account_id = $1
               and curfew_now() < enrolment_invited_at + make_interval(secs => $2)`,
    },
    [accountId, enrolmentInvitationSeconds],
  );
  return rows.length > 0;
}
