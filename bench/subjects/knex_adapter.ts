import knex from 'knex';
import type { Knex } from 'knex';
import type { Adapter, AdapterPayload } from 'oidc-provider';

/** The one table of `buildKnexAdapter`, with an index for each way in. */
export const payloadsTable = `
  create table oidc_payloads (
    model text not null, id text not null, payload jsonb not null, grant_id text, user_code text, uid text,
    expires_at timestamptz, consumed_at timestamptz, primary key (model, id)
  );
  create index on oidc_payloads (grant_id);
  create unique index on oidc_payloads (uid);
  create unique index on oidc_payloads (user_code);
  grant select, insert, update, delete on oidc_payloads to curfew_server`;

interface PayloadRow {
  payload: AdapterPayload;
  consumed_at: Date | null;
}

/** The adapter that the library's users write: everything in one table, a query for each thing that it asks. */
export function buildKnexAdapter(url: string): (model: string) => Adapter {
  const database = knex({ client: 'pg', connection: url, pool: { min: 2, max: 20 } });
  return (model) => {
    const rows = (where: Record<string, string>): Knex.QueryBuilder =>
      database('oidc_payloads').where({ model, ...where });
    const find = async (where: Record<string, string>) => {
      const row = (await rows(where).first()) as PayloadRow | undefined;
      return row && { ...row.payload, ...(row.consumed_at ? { consumed: true } : {}) };
    };
    return {
      async upsert(id, payload, expiresIn) {
        const row = {
          model,
          id,
          payload: JSON.stringify(payload),
          grant_id: payload.grantId,
          user_code: payload.userCode,
          uid: payload.uid,
          expires_at: expiresIn ? new Date(Date.now() + expiresIn * 1000) : null,
        };
        await database('oidc_payloads').insert(row).onConflict(['model', 'id']).merge();
      },
      find: (id) => find({ id }),
      findByUid: (uid) => find({ uid }),
      findByUserCode: (userCode) => find({ user_code: userCode }),
      async consume(id) {
        await rows({ id }).update({ consumed_at: new Date() });
      },
      async destroy(id) {
        await rows({ id }).delete();
      },
      async revokeByGrantId(grantId) {
        await rows({ grant_id: grantId }).delete();
      },
    };
  };
}
