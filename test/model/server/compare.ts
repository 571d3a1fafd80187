import assert from 'node:assert/strict';
import type { End, ExpectedEvent, Family, Session, World } from '../gate/world.ts';
import { get } from './real.ts';
import type { Real } from './real.ts';
import { readStored } from './stored.ts';
import type { StoredEnd, StoredEvent, StoredFamily, StoredSession } from './stored.ts';
import { thumbprintOf } from './token_request.ts';

/** Everything that is stored of the run's accounts must be as the model says, and the trail must have told it. */
export async function compare(world: World, real: Real): Promise<void> {
  const stored = await readStored(real);
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
  const { id, clients, started, active, mfa, passkey } = row;
  assert.deepEqual(
    { clients, started, active, mfa, passkey },
    {
      clients: [...session.clients].toSorted(),
      started: session.startedAt,
      active: session.activityAt,
      mfa: session.mfaAt ?? null,
      passkey: session.passkeyAt ?? null,
    },
    `session ${id}`,
  );
  compareEnd(session.end, row, `session ${id}`);
}

function compareFamily(real: Real, family: Family, row: StoredFamily): void {
  const { id, session, bound, jkt, started, active, mfa, passkey, tokens, live_tokens: live } = row;
  assert.deepEqual(
    {
      session,
      bound,
      jkt,
      started,
      active,
      mfa,
      passkey,
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
      passkey: family.passkeyAt ?? null,
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

/** Told for those who replay the trail; the stored rows, which are compared, hold the same. */
const toldForReplays: Readonly<Record<string, readonly string[]>> = {
  'code.exchanged': ['active_at', 'scopes', 'resources'],
  'refresh.granted': ['inactive_for', 'session_inactive_for'],
  'refresh.downscoped': ['inactive_for', 'session_inactive_for'],
  'refresh.retried': ['inactive_for', 'session_inactive_for'],
};

/** A list of what would be right stands for one of it; lists of scopes have no order. */
function compareDetail(
  name: string,
  expected: Record<string, unknown>,
  { actor: _, ...all }: Record<string, unknown>,
): void {
  const left = toldForReplays[name] ?? [];
  const actual = Object.fromEntries(Object.entries(all).filter(([key]) => !left.includes(key)));
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
