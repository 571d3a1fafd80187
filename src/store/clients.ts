import type { ClientDefinition } from '../domain/configuration.ts';
import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';

/** Store a client as it is wanted. With another secret, or none, those that it had before are good no more. */
export async function writeClient(tx: Queryable, client: Omit<ClientDefinition, 'disabled'>): Promise<void> {
  await tx.query(
    {
      name: 'client_forget_former_secrets',
      text: `delete from former_client_secrets f using clients c
             where f.client_id = $1 and c.client_id = $1 and c.secret_hash is distinct from $2`,
    },
    [client.clientId, client.secretHash ?? null],
  );
  await tx.query(
    {
      name: 'client_write',
      text: `insert into clients (client_id, metadata, secret_hash, policy, trusted, refresh_rotation, web_origins)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (client_id) do update set metadata = excluded.metadata, secret_hash = excluded.secret_hash,
               policy = excluded.policy, trusted = excluded.trusted, refresh_rotation = excluded.refresh_rotation,
               web_origins = excluded.web_origins`,
    },
    [
      client.clientId,
      JSON.stringify(client.metadata),
      client.secretHash ?? null,
      client.policy ?? null,
      client.trusted,
      client.refreshRotation,
      client.webOrigins,
    ],
  );
}

/**
 * Wait for exchanges of a client's codes that are under way, and let no other begin before the transaction ends. Comes
 * before any lock of an account, family or session.
 */
export async function lockExchanges(tx: Queryable, clientId: string): Promise<void> {
  await tx.query(
    {
      name: 'client_lock_exchanges',
      text: 'select pg_advisory_xact_lock(client_lock_key($1))',
    },
    [clientId],
  );
}

/** Whoever disables a client that lives ends its access as well. */
export async function setClientDisabled(tx: Queryable, clientId: string, disabled: boolean): Promise<void> {
  await tx.query(
    {
      name: 'client_set_disabled',
      text: `update clients set disabled_at = case when $2 then curfew_now() end
             where client_id = $1 and (disabled_at is not null) <> $2`,
    },
    [clientId, disabled],
  );
}

/**
 * Set another secret. The one before is good for `overlap` seconds more, and every earlier one for no longer than
 * that. Returns the end of the one before; undefined: it is good no more.
 */
export async function replaceClientSecret(
  tx: Queryable,
  { clientId, secretHash, overlap }: { clientId: string; secretHash: Buffer; overlap: number },
): Promise<Instant | undefined> {
  await tx.query(
    {
      name: 'client_secrets_shorten',
      text: `update former_client_secrets set ends_at = least(ends_at, curfew_now() + make_interval(secs => $2))
             where client_id = $1`,
    },
    [clientId, overlap],
  );
  const [kept] = await tx.query<{ ends_at: number }>(
    {
      name: 'client_secret_keep',
      text: `insert into former_client_secrets (client_id, secret_hash, ends_at)
             select client_id, secret_hash, curfew_now() + make_interval(secs => $2) from clients
             where client_id = $1 and $2 > 0
             on conflict (client_id, secret_hash) do update set ends_at = excluded.ends_at
             returning to_micros(ends_at) as ends_at`,
    },
    [clientId, overlap],
  );
  await tx.query(
    { name: 'client_secret_set', text: 'update clients set secret_hash = $2 where client_id = $1' },
    [clientId, secretHash],
  );
  return kept?.ends_at;
}
