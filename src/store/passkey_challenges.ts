import type { Queryable } from './database.ts';

/** Keep a challenge's hash for `seconds`. */
export async function insertPasskeyChallenge(db: Queryable, hash: Buffer, seconds: number): Promise<void> {
  await db.query(
    {
      name: 'passkey_challenge_insert',
      text: `insert into passkey_challenges (challenge_hash, expires_at)
             values ($1, curfew_now() + make_interval(secs => $2))`,
    },
    [hash, seconds],
  );
}

/** Take a challenge, once: false when it is unknown, was taken, or its time is over. */
export async function takePasskeyChallenge(db: Queryable, hash: Buffer): Promise<boolean> {
  const [row] = await db.query<{ fresh: boolean }>(
    {
      name: 'passkey_challenge_take',
      text: `delete from passkey_challenges where challenge_hash = $1
             returning expires_at > curfew_now() as fresh`,
    },
    [hash],
  );
  return row?.fresh ?? false;
}
