import assert from 'node:assert/strict';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { verifyTrail } from '../../src/events/verify_trail.ts';
import type { Database } from '../../src/store/database.ts';
import { sql } from './sql.ts';

/** Each granted refresh has its event. */
export async function assertInTrail(database: Database, requestIds: readonly string[]): Promise<void> {
  const missing = await sql(
    database,
    `select request_id from unnest($1::text[]) as granted (request_id)
     where request_id not in (select request_id from audit_events
                              where name in ('refresh.granted', 'refresh.retried') and request_id is not null)`,
    requestIds,
  );
  assert.deepEqual(missing, []);
}

/**
 * Of every refresh all is there or nothing: each rotated token has its successor in the same family, each
 * family one token more than it was rotated, and an access token for the first and for each refresh.
 */
export async function assertNothingHalfWritten(database: Database): Promise<void> {
  const halves = await sql(
    database,
    `with tokens as (
       select t.family_id, count(*) as tokens, count(*) filter (where t.rotated_at is null) as live,
         count(*) filter (where (t.rotated_at is null) <> (t.successor_hash is null)
                             or (t.rotated_at is null) <> (n.token_hash is null)) as broken
       from refresh_tokens t
       left join refresh_tokens n on n.token_hash = t.successor_hash and n.family_id = t.family_id
       group by t.family_id
     ), events as (
       select family_id, count(*) filter (where name = 'refresh.granted') as granted,
         count(*) filter (where name = 'refresh.retried') as retried
       from audit_events group by family_id
     ), access as (
       select family_id, count(*) as access from access_tokens group by family_id
     )
     select family_id, tokens, live, broken, granted, retried, access
     from families left join tokens using (family_id) left join events using (family_id) left join access using (family_id)
     where (live = 1 and broken = 0 and tokens = 1 + granted and access = tokens + retried) is not true`,
  );
  assert.deepEqual(halves, []);
}

/** Nothing was refused or ended. */
export async function assertNothingEnded(database: Database): Promise<void> {
  const ends = await sql(
    database,
    `select name, detail from audit_events where name ~ 'ended|expired|reuse|refused'`,
  );
  assert.deepEqual(ends, []);
}

/** The seals, made meanwhile by whichever server came to it, all hold. */
export async function assertSealed(database: Database, secret: string): Promise<void> {
  const secrets = createSecretsAtRest([Buffer.from(secret, 'base64')]);
  const { faults, seals } = await verifyTrail(database, secrets);
  assert.deepEqual(faults, []);
  assert.ok(seals > 0);
}
