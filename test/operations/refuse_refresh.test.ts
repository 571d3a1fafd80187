import assert from 'node:assert/strict';
import { endSession } from '../../src/operations/end_session.ts';
import { refuseRefresh } from '../../src/operations/refuse_refresh.ts';
import { evaluateRefresh } from '../../src/policy/evaluate_refresh.ts';
import type { RefusedRefresh } from '../../src/policy/evaluate_refresh.ts';
import { findRefresh } from '../../src/store/families.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { snapshot, sql } from '../support/sql.ts';
import { findEnd, storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

interface Subject {
  accountId: string;
  sessionId: string;
  familyId: string;
  tokenHash: Buffer;
}

/** Members may be idle for 1800 s and refresh for 43 200 s; their sessions may be idle for 3600 s. */
describe('refuseRefresh', () => {
  let test: OperationTest;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());

  async function store({
    bound = false,
    startedAgo = 5000,
    activeAgo = 10,
    sessionActiveAgo = 10,
  }): Promise<Subject> {
    const accountId = await storeAccount(test.database, ['member']);
    const sessionId = await storeSession(test.database, {
      accountId,
      startedAgo,
      activeAgo: sessionActiveAgo,
    });
    const family = await storeFamily(test.database, { accountId, sessionId, bound, startedAgo, activeAgo });
    return { accountId, sessionId, ...family };
  }

  async function judge({ tokenHash }: Subject): Promise<RefusedRefresh> {
    const loaded = await findRefresh(test.database, tokenHash);
    assert.ok(loaded);
    const verdict = evaluateRefresh({ ...loaded, configuration: test.configuration }, { clientId: 'shop' });
    return verdict.granted ? assert.fail('granted') : verdict;
  }

  const refuse = ({ accountId, sessionId, familyId }: Subject, verdict: RefusedRefresh) =>
    refuseRefresh(test.database, test.configuration, {
      verdict,
      subject: { accountId, sessionId, familyId, clientId: 'shop' },
      event: 'refresh.refused',
      origin: { requestId: 'a request' },
    });
  const reasons = async ({ sessionId, familyId }: Subject) => ({
    session: (await findEnd(test.database, 'sessions', sessionId)).reason,
    family: (await findEnd(test.database, 'families', familyId)).reason,
  });
  const eventNames = async ({ accountId }: Subject) =>
    (await listAccountEvents(test.database, accountId)).map(({ name }) => name);

  const change = (text: string) => (subject: Subject) =>
    sql(test.database, text, text.includes('sessions') ? subject.sessionId : subject.familyId);
  const disable = ({ accountId }: Subject) =>
    sql(test.database, 'update accounts set disabled_at = curfew_now() where account_id = $1', accountId);
  const rotate = ({ tokenHash }: Subject) =>
    sql(
      test.database,
      `update refresh_tokens set rotated_at = curfew_now() - interval '1 hour' where token_hash = $1`,
      tokenHash,
    );
  const endByHand = (table: string, key: string) =>
    change(`update ${table} set ended_at = curfew_now(), end_reason = 'revoked' where ${key} = $1`);

  interface Case {
    what: string;
    facts: Parameters<typeof store>[0];
    prepare?: (subject: Subject) => Promise<unknown>;
    code: string;
    session: string | null;
    family: string | null;
    events: string[];
  }
  const refused = 'refresh.refused';
  const cases: Case[] = [
    {
      what: 'the idle limit of an offline family',
      facts: { activeAgo: 1800 },
      code: 'idle_timeout',
      session: null,
      family: 'idle_timeout',
      events: ['family.ended', refused],
    },
    {
      what: 'the absolute limit of a bound family',
      facts: { bound: true, startedAgo: 43_200 },
      code: 'absolute_timeout',
      session: null,
      family: 'absolute_timeout',
      events: ['family.ended', refused],
    },
    {
      what: 'the limit of its session, which ends with it',
      facts: { bound: true, sessionActiveAgo: 3600 },
      code: 'idle_timeout',
      session: 'idle_timeout',
      family: 'idle_timeout',
      events: ['family.ended', 'session.ended', refused],
    },
    {
      what: 'the stored end of its session',
      facts: { bound: true },
      prepare: endByHand('sessions', 'session_id'),
      code: 'revoked',
      session: 'revoked',
      family: 'revoked',
      events: ['family.ended', refused],
    },
    {
      what: 'a disabled account',
      facts: {},
      prepare: disable,
      code: 'account_disabled',
      session: null,
      family: 'account_disabled',
      events: ['family.ended', refused],
    },
    {
      what: 'reuse',
      facts: {},
      prepare: rotate,
      code: 'reuse_detected',
      session: null,
      family: 'reuse_detected',
      events: ['family.ended', 'refresh.reuse_detected', refused],
    },
    {
      what: 'reuse of what was over before',
      facts: { activeAgo: 1800 },
      prepare: rotate,
      code: 'reuse_detected',
      session: null,
      family: 'idle_timeout',
      events: ['family.ended', 'refresh.reuse_detected', refused],
    },
    {
      what: 'a token that was never rotated, of a family that reuse ended,',
      facts: {},
      prepare: change(
        `update families set ended_at = curfew_now(), end_reason = 'reuse_detected' where family_id = $1`,
      ),
      code: 'reuse_detected',
      session: null,
      family: 'reuse_detected',
      events: [refused],
    },
    {
      what: 'an end that is stored',
      facts: {},
      prepare: endByHand('families', 'family_id'),
      code: 'revoked',
      session: null,
      family: 'revoked',
      events: [refused],
    },
  ];
  for (const { what, facts, prepare, code, session, family, events } of cases) {
    it(`commits what ${what} does`, async () => {
      const subject = await store(facts);
      await prepare?.(subject);
      const verdict = await judge(subject);
      assert.equal(verdict.code, code);
      assert.equal(await refuse(subject, verdict), 'done');
      assert.deepEqual(await reasons(subject), { session, family });
      assert.deepEqual(await eventNames(subject), events);
      const [last] = (await listAccountEvents(test.database, subject.accountId)).slice(-1);
      assert.deepEqual(last?.detail, { code });
    });
  }

  const signOut = (subject: Subject) =>
    test.database.transaction((tx) => endSession(tx, test.configuration, subject, 'signed_out', {}));
  const moved = 'last_activity_at = curfew_now()';
  const races: [
    what: string,
    facts: Parameters<typeof store>[0],
    meanwhile: (subject: Subject) => Promise<unknown>,
  ][] = [
    ['the activity moved', { activeAgo: 1800 }, change(`update families set ${moved} where family_id = $1`)],
    [
      "its session's activity moved",
      { bound: true, activeAgo: 3600, sessionActiveAgo: 3600 },
      change(`update sessions set ${moved} where session_id = $1`),
    ],
    ['it ended otherwise', { activeAgo: 1800 }, endByHand('families', 'family_id')],
    ['its session ended otherwise', { bound: true, sessionActiveAgo: 3600 }, signOut],
  ];
  for (const [what, facts, meanwhile] of races) {
    it(`writes nothing and answers "changed" when ${what} after a limit had been found over`, async () => {
      const subject = await store(facts);
      const verdict = await judge(subject);
      await meanwhile(subject);
      const before = await snapshot(test.database);
      assert.equal(await refuse(subject, verdict), 'changed');
      assert.deepEqual(await snapshot(test.database), before);
    });
  }

  it('ends the family once for many at once', async () => {
    const subject = await store({});
    await rotate(subject);
    const verdict = await judge(subject);
    await Promise.all(Array.from({ length: 10 }, () => refuse(subject, verdict)));
    const ended = (await eventNames(subject)).filter((name) => name === 'family.ended');
    assert.equal(ended.length, 1);
  });
});
