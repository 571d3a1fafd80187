import type { FamilyFacts, SessionFacts } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';
import {
  accountColumns,
  familyColumns,
  readAccount,
  readFamily,
  readSession,
  sessionColumns,
} from './facts_sql.ts';
import type { AccountRow, FamilyRow, SessionRow, StoredAccount } from './facts_sql.ts';

/** A family as it is now, with what its life depends on. */
export interface FamilyState {
  now: Instant;
  configurationVersion: number;
  family: FamilyFacts;
  account: StoredAccount;
  session?: SessionFacts | undefined;
}

/** By the family's id, as access tokens carry it; undefined when there is none. */
export async function findFamilyState(db: Queryable, familyId: string): Promise<FamilyState | undefined> {
  const [row] = await db.query<
    FamilyRow & AccountRow & Partial<SessionRow> & { now: number; configuration_version: number }
  >(
    {
      name: 'family_state',
      text: `
        select to_micros(curfew_now()) as now, cs.version::float8 as configuration_version,
          ${familyColumns}, ${accountColumns}, ${sessionColumns}
        from families f
        join accounts a on a.account_id = f.account_id
        left join sessions s on s.session_id = f.session_id
        cross join configuration_state cs
        where f.family_id = $1`,
    },
    [familyId],
  );
  if (!row) return undefined;
  return {
    now: row.now,
    configurationVersion: row.configuration_version,
    family: readFamily(row),
    account: readAccount(row),
    session: readSession(row),
  };
}
