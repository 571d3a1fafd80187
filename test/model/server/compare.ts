import assert from 'node:assert/strict';
import { sqlOne } from '../../support/sql.ts';
import type { End, ExpectedEvent, Family, Session, World } from '../gate/world.ts';
import { get } from './real.ts';
import type { Real } from './real.ts';
import { thumbprintOf } from './token_request.ts';

interface StoredEnd {
  end_reason: string | null;
  end_at: number | null;
  end_limit: number | null;
  end_source: string | null;
}

interface StoredFamily extends StoredEnd {
  id: string;
  session: string;
  bound: boolean;
  scopes: string[];
  resources: string[];
  jkt: string | null;
  started: number;
  active: number;
  mfa: number | null;
  tokens: number;
  live_tokens: number;
}

interface StoredSession extends StoredEnd {
  id: string;
  clients: string[];
  started: number;
  active: number;
  mfa: number | null;
}

interface StoredEvent {
  event: string;
  name: string;
  account: string;
  client: string | null;
  session: string | null;
  family: string | null;
  detail: Record<string, unknown>;
}

interface Stored {
  families: StoredFamily[];
  sessions: StoredSession[];
  events: StoredEvent[];
}

const ends = (alias: string) => `
  'end_reason', ${alias}.end_reason, 'end_at', to_micros(${alias}.ended_at), 'end_limit', ${alias}.end_limit,
  'end_source', ${alias}.end_policy || ' ' || ${alias}.end_policy_version`;

const everything = `
  select
    coalesce((select jsonb_agg(jsonb_build_object('id', f.family_id, 'session', f.session_id, 'bound', f.bound,
        'scopes', f.scopes, 'resources', f.resources, 'jkt', f.jkt, 'started', to_micros(f.started_at),
        'active', to_micros(f.last_activity_at), 'mfa', to_micros(f.mfa_at), ${ends('f')},
        'tokens', (select count(*) from refresh_tokens t where t.family_id = f.family_id),
        'live_tokens', (select count(*) from refresh_tokens t where t.family_id = f.family_id and t.rotated_at is null)
      ) order by f.family_id) from families f where f.account_id = any($1)), '[]') as families,
    coalesce((select jsonb_agg(jsonb_build_object('id', s.session_id, 'clients', s.client_ids,
        'started', to_micros(s.started_at), 'active', to_micros(s.last_activity_at), 'mfa', to_micros(s.mfa_at), ${ends('s')}
      )) from sessions s where s.account_id = any($1)), '[]') as sessions,
    coalesce((select jsonb_agg(jsonb_build_object('event', e.event_id, 'name', e.name, 'account', e.account_id,
        'client', e.client_id, 'session', e.session_id, 'family', e.family_id, 'detail', e.detail
      ) order by e.event_id) from audit_events e where e.account_id = any($1) and e.event_id > $2), '[]') as events`;

/** Everything that is stored of the run's accounts must be as the model says, and the trail must have told it. */
export async function compare(world: World, real: Real): Promise<void> {
  const accountIds = [...real.people.values()].map(({ accountId }) => accountId);
  const stored = await sqlOne<Stored>(real.stage.database, everything, accountIds, real.lastEvent);
  adoptNew(world.sessions, stored.sessions, real.sessions, 'session');
  adoptNew(world.families, stored.families, real.families, 'family');
  for (const row of stored.sessions) {
    const [session] = [...real.sessions].find(([, id]) => id === row.id) ?? [];
    if (session) compareSession(session, row);
  }
  for (const row of stored.families) {
    const [family] = [...real.families].find(([, id]) => id === row.id) ?? [];
    if (family) compareFamily(real, family, row);
  }
  compareEvents(real, world.events, stored.events);
  world.events = [];
  real.lastEvent = stored.events.at(-1)?.event ?? real.lastEvent;
}

/** What one command made is recognised by being new; it makes one of a kind at most. */
function adoptNew<Thing>(
  things: readonly Thing[],
  rows: readonly { id: string }[],
  known: Map<Thing, string>,
  kind: string,
): void {
  const ids = new Set(known.values());
  const newRows = rows.filter(({ id }) => !ids.has(id));
  const newThings = things.filter((thing) => !known.has(thing));
  assert.equal(newRows.length, newThings.length, `a new ${kind}`);
  if (newRows[0] && newThings[0]) known.set(newThings[0], newRows[0].id);
}

function compareSession(session: Session, row: StoredSession): void {
  const { id, clients, started, active, mfa } = row;
  assert.deepEqual(
    { clients, started, active, mfa },
    {
      clients: [...session.clients].toSorted(),
      started: session.startedAt,
      active: session.activityAt,
      mfa: session.mfaAt ?? null,
    },
    `session ${id}`,
  );
  compareEnd(session.end, row, `session ${id}`);
}

function compareFamily(real: Real, family: Family, row: StoredFamily): void {
  const { id, session, bound, jkt, started, active, mfa, tokens, live_tokens: live } = row;
  assert.deepEqual(
    {
      session,
      bound,
      jkt,
      started,
      active,
      mfa,
      tokens,
      live,
      scopes: row.scopes.toSorted(),
      resources: row.resources,
    },
    {
      session: get(real.sessions, family.session),
      bound: family.bound,
      jkt: thumbprintOf(family.key),
      started: family.startedAt,
      active: family.activityAt,
      mfa: family.mfaAt ?? null,
      tokens: family.tokens.length,
      live: 1,
      scopes: [...family.scopes].toSorted(),
      resources: family.resources,
    },
    `family ${id}`,
  );
  compareEnd(family.end, row, `family ${id}`);
}

/** An end that nobody has noticed yet is not stored. */
function compareEnd(end: End | undefined, row: StoredEnd, whose: string): void {
  const expected = end?.stored ? { reason: end.reason, at: end.at } : { reason: null, at: null };
  assert.deepEqual({ reason: row.end_reason, at: row.end_at }, expected, `the end of ${whose}`);
  const isLimit = end?.stored && end.limits.length > 0;
  if (!isLimit) return assert.equal(row.end_limit, null, `the limit that ended ${whose}`);
  const found = end.limits.some(
    ({ value, sources }) => value === row.end_limit && sources.includes(row.end_source ?? ''),
  );
  assert.ok(
    found,
    `${whose} ended by ${row.end_limit} of ${row.end_source}, not by ${JSON.stringify(end.limits)}`,
  );
}

function compareEvents(real: Real, expected: readonly ExpectedEvent[], actual: readonly StoredEvent[]): void {
  const wanted = expected
    .map((event) => ({
      name: event.name,
      account: get(real.people, event.account).accountId,
      client: event.client ?? null,
      session: event.session ? get(real.sessions, event.session) : null,
      family: event.family ? get(real.families, event.family) : null,
      detail: event.detail,
    }))
    .toSorted(byNames);
  const got = actual.toSorted(byNames);
  assert.deepEqual(got.map(identify), wanted.map(identify), 'the events');
  wanted.forEach(({ name, detail }, at) => detail && compareDetail(name, detail, got[at]?.detail ?? {}));
}

type Identified = Pick<StoredEvent, 'name' | 'account' | 'client' | 'session' | 'family'>;

const identify = ({ name, account, client, session, family }: Identified) => ({
  name,
  account,
  client,
  session,
  family,
});

function byNames(a: Identified, b: Identified): number {
  return JSON.stringify(identify(a)) < JSON.stringify(identify(b)) ? -1 : 1;
}

/** A list of what would be right stands for one of it; lists of scopes have no order. */
function compareDetail(
  name: string,
  expected: Record<string, unknown>,
  { actor: _, ...actual }: Record<string, unknown>,
): void {
  const { limits, code, ...rest } = expected as { limits?: End['limits']; code?: string[] };
  const { limit, policy, policy_version: version, code: given, ...told } = actual;
  assert.deepEqual(sortLists(told), sortLists(rest), `the detail of ${name}`);
  if (code)
    assert.ok(code.includes(String(given)), `${name} tells ${String(given)}, not ${code.join(' or ')}`);
  if (!limits) return;
  const source = `${String(policy)} ${String(version)}`;
  const found = limits.some(({ value, sources }) => value === limit && sources.includes(source));
  const isNone = limits.length === 0 && limit === undefined && policy === undefined;
  assert.ok(found || isNone, `${name} tells ${String(limit)} of ${source}, not ${JSON.stringify(limits)}`);
}

function sortLists(detail: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(detail).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map(String).toSorted() : value,
    ]),
  );
}
