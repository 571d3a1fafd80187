import assert from 'node:assert/strict';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { ada, shop } from '../support/example_configuration.ts';
import { listEvents } from '../support/gate.ts';
import { waitForWaitingCommit } from '../support/lock_wait.ts';
import { endProcesses } from '../support/process_curfew.ts';
import { createSharedDatabase } from '../support/process_database.ts';
import type { SharedDatabase } from '../support/process_database.ts';
import { prepareInstances, refreshAt } from '../support/process_instances.ts';
import type { Instance, Instances } from '../support/process_instances.ts';
import { waitUntil } from '../support/process_wait.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { sql, sqlOne } from '../support/sql.ts';

const offline = { scope: 'openid offline_access', prompt: 'consent' };

describe('a server that is killed while it refreshes', () => {
  let stored: SharedDatabase;
  let instances: Instances;
  let victim: Instance;
  let witness: Instance;

  before(async () => {
    stored = await createSharedDatabase();
    instances = await prepareInstances(stored.url);
    [witness, victim] = await Promise.all([instances.start(), instances.start()]);
  });
  after(async () => {
    await endProcesses();
    await instances.remove();
    await stored.drop();
  });

  async function signIn(): Promise<string> {
    const party = await createRelyingParty(instances.issuer, shop);
    return (await party.signIn(ada, offline)).refresh_token ?? '';
  }

  /** Let the victim refresh up to the lock of its family, kill it there, and do the rest before the lock goes. */
  async function killAtLock(token: string, whileLocked: (backend: number) => Promise<void>): Promise<void> {
    const hash = hashToken(token);
    let broken: Promise<void> | undefined;
    await stored.database.transaction(async (tx) => {
      await sql(
        tx,
        'select from families where family_id = (select family_id from refresh_tokens where token_hash = $1) for update',
        hash,
      );
      broken = assert.rejects(refreshAt(victim.origin, token));
      const backend = await waitForWaitingCommit(stored.database);
      victim.signal('SIGKILL');
      assert.equal((await victim.ended).signal, 'SIGKILL');
      await whileLocked(backend);
    });
    await broken;
  }

  it('before its refresh is committed has done nothing: the old token works on', async () => {
    const token = await signIn();
    await killAtLock(token, async (backend) => {
      await sql(stored.database, 'select pg_terminate_backend($1)', backend);
      await waitUntil(async () => !(await isBackendAlive(stored, backend)), 'the backend is still there');
    });
    assert.deepEqual(await findToken(stored, token), { rotated: false, successor: null });

    const answer = await refreshAt(witness.origin, token);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(await listFamilyEvents(stored, token), ['refresh.granted']);
    assert.deepEqual(await listLiveTokens(stored, token), [hashToken(answer.refreshToken)]);
    victim = await instances.start();
  });

  it('after the commit and before the answer loses nothing: the old token brings that very successor', async () => {
    const token = await signIn();
    await killAtLock(token, async () => undefined);
    await waitUntil(async () => (await findToken(stored, token)).rotated, 'the refresh is never committed');
    const { successor } = await findToken(stored, token);

    const answer = await refreshAt(witness.origin, token);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(hashToken(answer.refreshToken), successor);
    assert.deepEqual(await listFamilyEvents(stored, token), ['refresh.granted', 'refresh.retried']);
    assert.deepEqual(await listLiveTokens(stored, token), [hashToken(answer.refreshToken)]);
    const next = await refreshAt(witness.origin, answer.refreshToken);
    assert.equal(next.status, 200, JSON.stringify(next.body));
  });
});

async function isBackendAlive({ database }: SharedDatabase, pid: number): Promise<boolean> {
  return (await sql(database, 'select from pg_stat_activity where pid = $1', pid)).length > 0;
}

async function findToken({ database }: SharedDatabase, token: string) {
  return await sqlOne<{ rotated: boolean; successor: Buffer | null }>(
    database,
    `select rotated_at is not null as rotated, successor_hash as successor
     from refresh_tokens where token_hash = $1`,
    hashToken(token),
  );
}

async function listLiveTokens({ database }: SharedDatabase, token: string): Promise<Buffer[]> {
  const rows = await sql<{ hash: Buffer }>(
    database,
    `select token_hash as hash from refresh_tokens t join families f using (family_id)
     where t.rotated_at is null and f.ended_at is null and
       family_id = (select family_id from refresh_tokens where token_hash = $1)`,
    hashToken(token),
  );
  return rows.map(({ hash }) => hash);
}

async function listFamilyEvents({ database }: SharedDatabase, token: string): Promise<string[]> {
  const { family } = await sqlOne<{ family: string }>(
    database,
    'select family_id as family from refresh_tokens where token_hash = $1',
    hashToken(token),
  );
  const events = await listEvents(database);
  return events.flatMap(({ name, family_id: of }) =>
    of === family && name.startsWith('refresh.') ? [name] : [],
  );
}
