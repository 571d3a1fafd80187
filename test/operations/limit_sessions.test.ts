import assert from 'node:assert/strict';
import type { Policy } from '../../src/domain/policies.ts';
import { limitSessions } from '../../src/operations/limit_sessions.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { findEnd, storeAccount, storeSession } from '../support/stored_facts.ts';

/** A role of its own: two sessions at once, of a day each. */
describe('limitSessions', () => {
  let test: OperationTest;
  let accountId: string;

  before(async () => {
    test = await prepareOperationTest();
    const limits = { max_sessions: 2, session_idle: 86_400, session_absolute: 86_400 };
    await test.apply({
      policies: new Map<string, Pick<Policy, 'limits' | 'baselines'>>([
        ...test.configuration.policies,
        ['pair', { limits, baselines: [] }],
      ]),
      roles: new Map([...test.configuration.roles, ['pair', { name: 'pair', policy: 'pair' }]]),
    });
  });
  after(() => test.drop());
  beforeEach(async () => {
    accountId = await storeAccount(test.database, ['pair']);
  });

  const begin = (startedAgo: number, activeAgo = startedAgo) =>
    storeSession(test.database, { accountId, startedAgo, activeAgo });
  const reasonOf = async (sessionId: string) => (await findEnd(test.database, 'sessions', sessionId)).reason;

  async function limit(sessionId: string): Promise<void> {
    const configuration = await loadConfiguration(test.database);
    await test.database.transaction((tx) => limitSessions(tx, configuration, { sessionId, accountId }, {}));
  }

  it('ends the least recently active ones beyond the number, never the one that began', async () => {
    const [stale, active] = [await begin(100), await begin(200, 10)];
    const begun = await begin(300);
    await limit(begun);
    assert.deepEqual(
      [await reasonOf(stale), await reasonOf(active), await reasonOf(begun)],
      ['session_limit', null, null],
    );
  });

  it('leaves out of the count what is over, though nobody has noticed and it was active last', async () => {
    const [over, alive, begun] = [await begin(86_400, 1), await begin(100), await begin(0)];
    await limit(begun);
    assert.equal(await reasonOf(alive), null);
    assert.notEqual(await reasonOf(over), 'session_limit');
  });
});
