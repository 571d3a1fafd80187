import assert from 'node:assert/strict';
import { createAccess } from '../../../src/dev/company/create_access.ts';
import type { Access } from '../../../src/dev/company/create_access.ts';
import type { Department } from '../../../src/dev/company/departments.ts';
import type { HistoryEvent } from '../../../src/dev/company/history_event.ts';
import { livePlan } from '../../../src/dev/company/live_plan.ts';
import { planPerson } from '../../../src/dev/company/plan_person.ts';
import { createSeededRandom } from '../../../src/dev/seeded_random.ts';
import { loadConfiguration } from '../../../src/store/configuration.ts';
import { companyConfiguration } from '../../support/company_configuration.ts';
import { waitUntil } from '../../support/process_wait.ts';
import { createRelyingParty } from '../../support/relying_party.ts';
import type { Tokens } from '../../support/relying_party.ts';
import { startTestServer } from '../../support/server.ts';
import type { TestServer } from '../../support/server.ts';
import { sql, sqlOne } from '../../support/sql.ts';

const departments: readonly Department[] = [
  { name: 'finance', habit: 'office', clientId: 'intranet', people: 1 },
  { name: 'on-call', habit: 'on_call', clientId: 'pager', people: 1 },
  { name: 'dispatch', habit: 'watching', clientId: 'board', people: 1 },
];
const monday = Date.UTC(2026, 0, 5) * 1000;
const password = 'correct horse battery';

/** What an app and its user asked for, and whether it was granted. */
interface Asked {
  at: number;
  what: 'refresh' | 'signIn' | 'signOut';
  inactiveFor?: number | undefined;
  granted?: boolean;
}

/** An event as it was read, or made. */
type Written = Pick<HistoryEvent, 'name' | 'detail'> & { [Field in keyof HistoryEvent]?: unknown };

/** An event without ids, with moments as seconds of the story. */
interface Told {
  name: string;
  of: unknown[];
  detail: Record<string, unknown>;
}

describe('what the simulated company writes', function shapes() {
  this.timeout(120_000);
  let server: TestServer;

  beforeEach(async () => {
    const users = departments.map(({ name }) => ({ username: name, password, roles: [name] }));
    server = await startTestServer({ ...companyConfiguration(departments, () => 600), users });
    await server.clock.stop();
  });
  afterEach(() => server.stop());

  for (const department of departments) {
    it(`is what a server writes for the same morning: ${department.habit}`, async () => {
      const { asked, events, accountId } = await simulateMorning(department);
      const begun = Date.now() * 1000 - (asked[0]?.at ?? 0);
      await repeat(department, asked, events, begun);

      const real = await sql<Written>(
        server.database,
        `select to_micros(occurred_at) as at, name, account_id as "accountId", client_id as "clientId", session_id as "sessionId",
           family_id as "familyId", request_id as "requestId", address, detail
         from audit_events where account_id = $1 and name <> 'account.created' order by event_id`,
        accountId,
      );
      const simulated = events.toSorted((a, b) => a.at - b.at);
      assert.deepEqual(
        real.map(({ name }) => name),
        simulated.map(({ name }) => name),
      );
      const [inTruth, made] = [tell(real, begun), tell(simulated, 0)];
      for (const [at, told] of made.entries()) assertAlike(told, inTruth[at]);
      const names = new Set(simulated.map(({ name }) => name));
      assert.ok(names.has('session.ended') && names.has('refresh.refused'), [...names].join(' '));
    });
  }

  /** The first stretches of work of one day, and what was asked on them. */
  async function simulateMorning(department: Department) {
    const { account_id: accountId } = await sqlOne<{ account_id: string }>(
      server.database,
      'select account_id from accounts where username = $1',
      department.name,
    );
    const [day] = planPerson(createSeededRandom(11), department.habit, monday, 5);
    const plan = [{ stretches: (day?.stretches ?? []).slice(0, 7), leaving: 'signs_out' as const }];
    const events: HistoryEvent[] = [];
    const asked: Asked[] = [];
    const { name, clientId, habit } = department;
    const owner = { accountId, roles: [name], clientId, scopes: ['openid'], address: '127.0.0.1' };
    const configuration = await loadConfiguration(server.database);
    const access = createAccess(owner, configuration, createSeededRandom(12), (event) => events.push(event));
    livePlan(plan, habit, listen(access, asked), createSeededRandom(13));
    return { asked, events, accountId };
  }

  function listen(access: Access, asked: Asked[]): Access {
    return {
      ...access,
      refresh(at, inactiveFor) {
        const granted = access.refresh(at, inactiveFor);
        asked.push({ at, what: 'refresh', inactiveFor, granted });
        return granted;
      },
      signIn(at) {
        access.signIn(at);
        asked.push({ at, what: 'signIn' });
      },
      signOut(at) {
        access.signOut(at);
        asked.push({ at, what: 'signOut' });
      },
    };
  }

  /** Ask a real server the same, at the same moments of a clock that moves for it. */
  async function repeat(
    { clientId, name }: Department,
    asked: readonly Asked[],
    events: readonly HistoryEvent[],
    begun: number,
  ): Promise<void> {
    const party = await createRelyingParty(server.issuer, { clientId });
    const person = { username: name, password, authenticator: { secret: '', recoveryCodes: [] } };
    const swept = events.filter(
      (event) => event.name === 'session.ended' && event.detail.actor === 'sweeper',
    );
    let tokens: Tokens | undefined;
    const moveTo = (at: number) => server.clock.advance((at + begun) / 1e6 - Date.now() / 1000);
    for (const { at, what, inactiveFor, granted } of asked) {
      for (let end = swept[0]; end && end.at < at; end = swept[0]) {
        await moveTo(end.at);
        await waitUntil(noneOpen, 'a session that is over is open');
        swept.shift();
      }
      await moveTo(at);
      if (what === 'signIn') tokens = await party.signIn(person, { scope: 'openid' });
      else if (what === 'signOut') await signOut(party);
      else if (tokens) tokens = await refresh(party, tokens, inactiveFor, granted);
    }
  }

  async function refresh(
    party: Awaited<ReturnType<typeof createRelyingParty>>,
    tokens: Tokens,
    inactiveFor: number | undefined,
    granted: boolean | undefined,
  ): Promise<Tokens> {
    const { status, body } = await party.token({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
      ...(inactiveFor === undefined ? {} : { inactive_for: String(inactiveFor) }),
    });
    assert.equal(status, granted ? 200 : 400, JSON.stringify(body));
    return granted ? (body as unknown as Tokens) : tokens;
  }

  async function signOut(party: Awaited<ReturnType<typeof createRelyingParty>>): Promise<void> {
    const page = await party.browser.open(`${server.issuer}/session/end`);
    await party.browser.submit(page, /session\/end\/confirm$/);
  }

  async function noneOpen(): Promise<boolean> {
    const { count } = await sqlOne<{ count: number }>(
      server.database,
      'select count(*)::integer as count from sessions where ended_at is null and started_at is not null',
    );
    return count === 0;
  }
});

const momentFields = new Set(['started_at', 'active_at', 'ended_at']);

function tell(events: readonly Written[], begun: number): Told[] {
  const known = new Map<unknown, string>();
  const nameOf = (kind: string, id: unknown) => {
    if (id === undefined || id === null) return null;
    if (!known.has(id)) known.set(id, `${kind} ${known.size}`);
    return known.get(id);
  };
  return events.map(({ name, accountId, clientId, sessionId, familyId, requestId, address, detail }) => ({
    name,
    of: [
      nameOf('account', accountId),
      clientId ?? null,
      nameOf('session', sessionId),
      nameOf('family', familyId),
      typeof requestId === 'string' ? requestId.length : null,
      address ?? null,
    ],
    detail: Object.fromEntries(
      Object.entries(detail).map(([key, value]) => {
        if (momentFields.has(key)) return [key, Date.parse(String(value)) / 1000 - begun / 1e6];
        return [key, key === 'factor_id' ? nameOf('factor', value) : value];
      }),
    ),
  }));
}

/** All but moments is the same; those are within a second. How late a sweeper was is its own affair. */
function assertAlike(made: Told, inTruth: Told | undefined): void {
  assert.ok(inTruth);
  assert.deepEqual([made.name, made.of], [inTruth.name, inTruth.of]);
  assert.deepEqual(Object.keys(made.detail).toSorted(), Object.keys(inTruth.detail).toSorted());
  for (const [key, value] of Object.entries(made.detail)) {
    const real: unknown = inTruth.detail[key];
    if (momentFields.has(key))
      assert.ok(
        Math.abs(Number(value) - Number(real)) < 1,
        `${made.name} ${key}: ${String(value)} ${String(real)}`,
      );
    else if (key === 'found_late_seconds') assert.equal(typeof real, typeof value);
    else assert.deepEqual(value, real, `${made.name} ${key}`);
  }
}
