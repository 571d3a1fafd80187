import type { Queryable } from './database.ts';

export interface KnownDevice {
  deviceId: string;
  accountId: string;
}

/** The browser of this cookie, as the account of this username knows it. */
export async function findKnownDevice(
  db: Queryable,
  deviceHash: Buffer,
  username: string,
): Promise<KnownDevice | undefined> {
  const [row] = await db.query<KnownDevice>(
    {
      name: 'known_device_find',
      text: `select d.device_id as "deviceId", d.account_id as "accountId"
             from known_devices d join accounts a on a.account_id = d.account_id
             where d.device_hash = $1 and lower(a.username) = lower($2) and d.expires_at > curfew_now()`,
    },
    [deviceHash, username],
  );
  return row;
}

export interface DeviceSignIn {
  accountId: string;
  /** Of the cookie that the browser came with. */
  oldHash: Buffer | undefined;
  newHash: Buffer;
  /** How long it is known without another sign-in. */
  seconds: number;
  /** How many of one account are; the ones that signed in last. */
  most: number;
}

/** A browser signed in and gets a new cookie: the account knows it from now on, other accounts as before. */
export async function rememberDevice(tx: Queryable, device: DeviceSignIn): Promise<void> {
  const { accountId, oldHash, newHash, seconds, most } = device;
  if (oldHash) {
    await tx.query(
      {
        name: 'known_device_renew',
        text: 'update known_devices set device_hash = $2 where device_hash = $1',
      },
      [oldHash, newHash],
    );
  }
  await tx.query(
    {
      name: 'known_device_sign_in',
      text: `insert into known_devices (device_hash, account_id, expires_at)
             values ($1, $2, curfew_now() + make_interval(secs => $3))
             on conflict (device_hash, account_id) do update set
               signed_in_at = excluded.signed_in_at, expires_at = excluded.expires_at`,
    },
    [newHash, accountId, seconds],
  );
  await tx.query(
    {
      name: 'known_devices_trim',
      text: `delete from known_devices where account_id = $1 and device_hash in (
               select device_hash from known_devices where account_id = $1
               order by signed_in_at desc, device_hash <> $3 offset $2)`,
    },
    [accountId, most, newHash],
  );
}

export async function countKnownDevices(db: Queryable, accountId: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    {
      name: 'known_devices_count',
      text: 'select count(*)::int from known_devices where account_id = $1 and expires_at > curfew_now()',
    },
    [accountId],
  );
  return row?.count ?? 0;
}

export async function forgetKnownDevices(tx: Queryable, accountId: string): Promise<void> {
  await tx.query({ name: 'known_devices_forget', text: 'delete from known_devices where account_id = $1' }, [
    accountId,
  ]);
}
