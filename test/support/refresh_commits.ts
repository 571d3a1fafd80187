import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Queryable } from '../../src/store/database.ts';
import { commitRefresh } from '../../src/store/families.ts';
import type { RefreshCommit } from '../../src/store/families.ts';
import { snapshot, sqlOne } from './sql.ts';
import { storeAccount, storeFamily, storeSession } from './stored_facts.ts';

/** Seconds; every one is another, so that the one that counted can be told. */
export const commitLimits = {
  idle: 900,
  absolute: 7200,
  overlap: 10,
  sessionIdle: 600,
  sessionAbsolute: 3600,
  leaseMax: 1800,
};

/** A family as a refresh finds it: account, session, family and token. */
export interface RefreshSubject {
  accountId: string;
  sessionId: string;
  familyId: string;
  tokenHash: Buffer;
}

/** Started, and active, at this moment of the database's clock. */
export async function storeRefreshSubject(
  db: Queryable,
  { bound }: { bound: boolean },
): Promise<RefreshSubject> {
  const accountId = await storeAccount(db);
  const sessionId = await storeSession(db, { accountId, startedAgo: 0, clientIds: ['shop'] });
  return { accountId, sessionId, ...(await storeFamily(db, { accountId, sessionId, bound, startedAgo: 0 })) };
}

/** A rotation decided upon the facts as they are now. */
export async function buildRefreshCommit(
  db: Queryable,
  subject: RefreshSubject,
  change: Partial<RefreshCommit> = {},
): Promise<RefreshCommit> {
  const versions = await sqlOne<{ account: number; configuration: number }>(
    db,
    `select a.version::float8 as account, c.version::float8 as configuration
     from accounts a, configuration_state c where a.account_id = $1`,
    subject.accountId,
  );
  return {
    mode: 'rotate',
    tokenHash: subject.tokenHash,
    successor: { hash: randomBytes(32), sealed: Buffer.from('sealed'), windowId: null },
    accountVersion: versions.account,
    configurationVersion: versions.configuration,
    limits: commitLimits,
    inactiveFor: 0,
    sessionInactiveFor: 0,
    detail: {},
    ...change,
  };
}

/** The commit finds that something has changed, and writes nothing at all. */
export async function assertChanged(db: Queryable, commit: RefreshCommit): Promise<void> {
  const before = await snapshot(db);
  assert.deepEqual(await commitRefresh(db, commit), { outcome: 'changed' });
  assert.deepEqual(await snapshot(db), before, 'nothing is written');
}

export async function assertDone(db: Queryable, commit: RefreshCommit): Promise<void> {
  assert.equal((await commitRefresh(db, commit)).outcome, 'done');
}
