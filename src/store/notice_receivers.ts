import type { Queryable } from './database.ts';

/** The receiver answers. */
export async function clearReceiver(tx: Queryable, receiver: string): Promise<void> {
  await tx.query(
    {
      name: 'notice_receiver_clear',
      text: `update notice_receivers set failures = 0, retry_at = '-infinity' where receiver = $1 and failures > 0`,
    },
    [receiver],
  );
}

/** The receiver failed once more; returns how often in a row. */
export async function countReceiverFailure(tx: Queryable, receiver: string): Promise<number> {
  const [row] = await tx.query<{ failures: number }>(
    {
      name: 'notice_receiver_fail',
      text: 'update notice_receivers set failures = failures + 1 where receiver = $1 returning failures',
    },
    [receiver],
  );
  return row?.failures ?? 1;
}

export async function delayReceiver(tx: Queryable, receiver: string, seconds: number): Promise<void> {
  await tx.query(
    {
      name: 'notice_receiver_delay',
      text: `update notice_receivers set retry_at = curfew_now() + make_interval(secs => $2) where receiver = $1`,
    },
    [receiver, seconds],
  );
}

/** Send nothing more to a receiver: its notices wait until it is let go, or fetches them itself. */
export async function holdReceiver(tx: Queryable, receiver: string): Promise<void> {
  await tx.query(
    {
      name: 'notice_receiver_hold',
      text: `insert into notice_receivers (receiver, held) values ($1, true) on conflict (receiver) do update set held = true`,
    },
    [receiver],
  );
}

/** Send to a receiver again: what waits is due at once, in the order in which it was queued. */
export async function letReceiverGo(tx: Queryable, receiver: string): Promise<void> {
  await tx.query(
    {
      name: 'notices_let_go',
      // At one moment for all, so that their order is what it was.
      text: `update notices set queued_at = clock.at, due_at = clock.at
             from (select curfew_now() as at offset 0) clock where receiver = $1 and dead_at is null`,
    },
    [receiver],
  );
  await tx.query(
    {
      name: 'notice_receiver_let_go',
      text: `update notice_receivers set held = false, failures = 0, retry_at = '-infinity'
             where receiver = $1`,
    },
    [receiver],
  );
}

/** Forget what waits for a receiver. */
export async function deleteNoticesFor(tx: Queryable, receiver: string): Promise<void> {
  const text = 'delete from notices where receiver = $1 and dead_at is null';
  await tx.query({ name: 'notices_delete_receiver', text }, [receiver]);
}

/** Forget a receiver, with all that waits for it. */
export async function deleteReceiver(tx: Queryable, receiver: string): Promise<void> {
  await deleteNoticesFor(tx, receiver);
  await tx.query(
    { name: 'notice_receiver_delete', text: 'delete from notice_receivers where receiver = $1' },
    [receiver],
  );
}
