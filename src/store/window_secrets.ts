import type { Queryable } from './database.ts';

/** Reserve the id of a new window; its secret is sealed for that id and stored by `storeWindowSecret`. */
export async function insertWindow(
  db: Queryable,
  seal: (windowId: number) => string,
): Promise<number> {
  const [row] = await db.query<{ window_id: number }>({
    name: 'window_reserve',
    text: `select nextval(pg_get_serial_sequence('window_secrets', 'window_id'))::int as window_id`,
  });
  if (!row) throw new Error('No window id was given.');
  await db.query(
    {
      name: 'window_insert',
      text: `insert into window_secrets (window_id, secret_sealed) overriding system value values ($1, $2)`,
    },
    [row.window_id, seal(row.window_id)],
  );
  return row.window_id;
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
