import type { Instant } from '../domain/instants.ts';
import type { Limits } from '../domain/policies.ts';
import { readCopiedField, readCopiedLines } from './copied_lines.ts';
import type { Queryable, Transaction } from './database.ts';

/** An event that moved a clock, changed a limit, or ended something. */
export interface TrailStep {
  name: string;
  at: Instant;
  family_id: string | null;
  /** null: it tells nothing more. */
  detail: Record<string, unknown> | null;
  /** Of most events more is read: who, and of a change of the configuration the event itself. */
  account_id: string | null;
  client_id: string | null;
  session_id: string | null;
  event_id: string | null;
}

const names = (
  'account.created account.roles_changed configuration.applied consent.granted ' +
  'session.started session.renewed session.extended session.ended ' +
  'code.exchanged lease.granted refresh.granted refresh.downscoped refresh.retried family.ended'
).split(' ');

/**
 * Hand on all steps in the order of the trail, while they are read: none is kept. Moments are exact until the
 * year 2242; an event without one is left out.
 */
export async function followTrail(tx: Transaction, follow: (step: TrailStep) => void): Promise<void> {
  const rows = tx.copyOut(`
    select name, (date_part('epoch', occurred_at) * 1000000)::bigint, family_id, detail,
      account_id, client_id, session_id, case when name = 'configuration.applied' then event_id end
    from audit_events where isfinite(occurred_at) and name in (${names.map((name) => `'${name}'`).join(', ')})
    order by audit_events.event_id`);
  await readCopiedLines(rows, (line) => follow(readStep(line)));
}

const emptyDetail = '{}\t';

/** Of refreshes, which are most of a trail, no more is read than moves a clock. */
function readStep(line: string): TrailStep {
  if (!line.startsWith('refresh.')) return readWhole(line);
  const nameEnd = line.indexOf('\t');
  const atEnd = line.indexOf('\t', nameEnd + 1);
  const familyEnd = line.indexOf('\t', atEnd + 1);
  const detailEnd = line.indexOf('\t', familyEnd + 1);
  return {
    name: line.slice(0, nameEnd),
    at: readMicros(line, nameEnd + 1, atEnd),
    family_id: readCopiedField(line.slice(atEnd + 1, familyEnd)),
    detail: line.startsWith(emptyDetail, familyEnd + 1)
      ? null
      : readDetail(line.slice(familyEnd + 1, detailEnd)),
    account_id: null,
    client_id: null,
    session_id: null,
    event_id: null,
  };
}

function readWhole(line: string): TrailStep {
  // A copy: what names a session or family is kept as long as that lives.
  const fields = Buffer.from(line).toString().split('\t').map(readCopiedField);
  const [
    name = '',
    at = '',
    family = null,
    detail,
    account = null,
    client = null,
    session = null,
    event = null,
  ] = fields;
  return {
    name: name ?? '',
    at: Number(at),
    family_id: family,
    detail: readDetail(detail ?? '{}'),
    account_id: account,
    client_id: client,
    session_id: session,
    event_id: event,
  };
}

const readDetail = (field: string): Record<string, unknown> | null =>
  field === '{}' ? null : (JSON.parse(readCopiedField(field) ?? 'null') as Record<string, unknown> | null);

const zero = 48;

/** Whole numbers, which is what almost all moments are written as; faster than `Number` of so many digits. */
function readMicros(line: string, from: number, to: number): Instant {
  if (line.charCodeAt(from) < zero) return Number(line.slice(from, to));
  let micros = 0;
  for (let at = from; at < to; at += 1) micros = micros * 10 + line.charCodeAt(at) - zero;
  return micros;
}

/** How many events the trail has, as the statistics of the database know: for progress alone. */
export async function estimateTrail(tx: Queryable): Promise<number> {
  const [row] = await tx.query<{ count: number }>({
    name: 'trail_estimate',
    text: `select coalesce(sum(greatest(c.reltuples, 0)), 0)::float8 as count from pg_inherits i
           join pg_class c on c.oid = i.inhrelid where i.inhparent = 'audit_events'::regclass`,
  });
  return row?.count ?? 0;
}

/** The roles that each account had when the trail begins: what its first change replaced, else those of now. */
export async function listFirstRoles(tx: Queryable): Promise<Map<string, readonly string[]>> {
  const now = await tx.query<{ id: string; roles: string[] }>({
    name: 'trail_roles_now',
    text: 'select account_id as id, array_agg(role order by role) as roles from account_roles group by account_id',
  });
  const before = await tx.query<{ id: string; roles: string[] }>({
    name: 'trail_roles_before',
    text: `select distinct on (account_id) account_id as id,
             array(select jsonb_array_elements_text(detail -> 'from')) as roles
           from audit_events where name = 'account.roles_changed' and account_id is not null
           order by account_id, event_id`,
  });
  return new Map([...now, ...before].map(({ id, roles }) => [id, roles]));
}

export interface StoredPolicyVersion {
  name: string;
  version: number;
  limits: Partial<Limits>;
  removed: boolean;
}

/** Every version of every policy, the oldest of each first. */
export async function listPolicyVersions(tx: Queryable): Promise<StoredPolicyVersion[]> {
  return await tx.query<StoredPolicyVersion>({
    name: 'policy_versions_all',
    text: 'select name, version, limits, removed from policy_versions order by name, version',
  });
}

/** Every change of the configuration, the oldest first. */
export async function listConfigurationChanges(
  tx: Queryable,
): Promise<{ event_id: string; differences: StoredDifference[] }[]> {
  return await tx.query({
    name: 'configuration_changes',
    text: `select event_id, coalesce(detail -> 'differences', '[]') as differences
           from audit_events where name = 'configuration.applied' order by event_id`,
  });
}

export interface StoredDifference {
  section: string;
  name: string;
  kind: 'added' | 'changed' | 'removed';
  fields: { field: string; from?: unknown; to?: unknown }[];
}
