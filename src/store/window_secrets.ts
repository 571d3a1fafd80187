import type { Queryable } from './database.ts';

/** Store the sealed secret of a new window. */
export async function insertWindow(db: Queryable, windowId: string, secretSealed: string): Promise<void> {
  await db.query(
    { name: 'window_insert', text: 'insert into window_secrets (window_id, secret_sealed) values ($1, $2)' },
    [windowId, secretSealed],
  );
}

/** Forget the secrets opened more than `seconds` ago; returns how many. */
export async function deleteWindowsOlderThan(db: Queryable, seconds: number): Promise<number> {
  const rows = await db.query(
    {
      name: 'windows_delete',
      text: `delete from window_secrets where opened_at < curfew_now() - make_interval(secs => $1) returning window_id`,
    },
    [seconds],
  );
  return rows.length;
}
