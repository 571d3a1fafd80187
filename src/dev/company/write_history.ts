import { formatInstant } from '../../domain/instants.ts';
import type { Instant } from '../../domain/instants.ts';
import { recordEvent } from '../../events/record_event.ts';
import { ensureAuditPartition } from '../../store/audit_events.ts';
import type { Queryable } from '../../store/database.ts';
import type { HistoryEvent } from './history_event.ts';
import type { CompanyHistory, Employee } from './simulate_company.ts';

const eventsAtOnce = 5000;

/**
 * Write a made-up history as a server would have left it: the people, without passwords, and their trail.
 * The events get ids in their order; a sealer seals them like any other. Into the trail of a server that has
 * sealed already it must not go: `audit verify` would rightly find it backdated.
 */
export async function writeHistory(
  tx: Queryable,
  { employees, events }: CompanyHistory,
  seed: number,
): Promise<void> {
  const [first, last] = [events[0]?.at, events.at(-1)?.at];
  if (first === undefined || last === undefined) return;
  const detail = { seed, from: formatInstant(first), to: formatInstant(last), events: events.length };
  await recordEvent(tx, 'demo.history_written', {}, { actor: 'curfew dev' }, detail);
  for (const month of listMonths(first, last)) await ensureAuditPartition(tx, month);
  await insertEmployees(tx, employees);
  for (let from = 0; from < events.length; from += eventsAtOnce) {
    await insertHistory(tx, events.slice(from, from + eventsAtOnce));
  }
}

/** A moment in each month from one moment to another. */
function listMonths(first: Instant, last: Instant): Instant[] {
  const months = [];
  const at = new Date(first / 1000);
  for (
    at.setUTCDate(1), at.setUTCHours(0, 0, 0, 0);
    at.getTime() * 1000 <= last;
    at.setUTCMonth(at.getUTCMonth() + 1)
  )
    months.push(at.getTime() * 1000);
  return months;
}

async function insertEmployees(tx: Queryable, employees: readonly Employee[]): Promise<void> {
  await tx.query(
    {
      name: 'demo_accounts',
      text: `insert into accounts (account_id, username, name) select * from unnest($1::text[], $2::text[], $3::text[])`,
    },
    [
      employees.map(({ accountId }) => accountId),
      employees.map(({ username }) => username),
      employees.map(({ name }) => name),
    ],
  );
  await tx.query(
    {
      name: 'demo_roles',
      text: 'insert into account_roles (account_id, role) select * from unnest($1::text[], $2::text[])',
    },
    [employees.map(({ accountId }) => accountId), employees.map(({ department }) => department.name)],
  );
}

async function insertHistory(tx: Queryable, events: readonly HistoryEvent[]): Promise<void> {
  await tx.query(
    {
      name: 'demo_events',
      text: `insert into audit_events (occurred_at, name, account_id, client_id, session_id, family_id, request_id, address, detail)
             select from_micros(at), name, account_id, client_id, session_id, family_id::uuid, request_id, address, detail
             from jsonb_to_recordset($1) as e (at float8, name text, account_id text, client_id text, session_id text,
               family_id text, request_id text, address text, detail jsonb)`,
    },
    [
      JSON.stringify(
        events.map(({ accountId, clientId, sessionId, familyId, requestId, ...event }) => ({
          ...event,
          account_id: accountId,
          client_id: clientId,
          session_id: sessionId,
          family_id: familyId,
          request_id: requestId,
        })),
      ),
    ],
  );
}
