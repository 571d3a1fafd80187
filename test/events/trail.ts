import pg from 'pg';
import { randomBytes } from 'node:crypto';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import type { EventName } from '../../src/events/catalogue.ts';
import { recordEvent } from '../../src/events/record_event.ts';
import { createSealer } from '../../src/events/seal_events.ts';
import { computeHeadMac, deriveSealKeys } from '../../src/events/trail_digests.ts';
import { verifyTrail } from '../../src/events/verify_trail.ts';
import type { TrailReport } from '../../src/events/verify_trail.ts';
import { writeHead } from '../../src/store/audit_seals.ts';
import type { Head } from '../../src/store/audit_seals.ts';
import { readHead } from '../../src/store/audit_verification.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { giveSchemaToOwner } from '../support/owner.ts';

export interface Trail {
  test: TestDatabase;
  secret: Buffer;
  record(name?: EventName, accountId?: string): Promise<void>;
  seal(): Promise<number>;
  verify(checkpoint?: string): Promise<TrailReport>;
  /** Whatever the owner of the tables does, who has no secret. */
  asOwner<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Change the head as only the server can: under a code of its own. */
  signHead(change: Partial<Omit<Head, 'mac'>>): Promise<void>;
  drop(): Promise<void>;
}

/** A trail of its own, its sealer, and its owner. Drop it in `after`. */
export async function createTrail(): Promise<Trail> {
  const test = await createTestDatabase();
  await giveSchemaToOwner(test);
  const owner = new pg.Client({ connectionString: test.ownerUrl });
  await owner.connect();
  const { database } = test;
  const secret = randomBytes(32);
  const secrets = createSecretsAtRest([secret]);
  const [key] = deriveSealKeys(secrets);
  return {
    test,
    secret,
    record: (name = 'refresh.granted', accountId = 'ada') =>
      recordEvent(
        database,
        name,
        { accountId, clientId: 'shop', sessionId: 's1' },
        { requestId: 'r1', address: '192.0.2.7' },
        { scope: 'openid' },
      ),
    seal: createSealer(database, secrets),
    verify: (checkpoint) => verifyTrail(database, secrets, { checkpoint }),
    async asOwner<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      return (await owner.query<Row>(text, values)).rows;
    },
    async signHead(change) {
      const found = await readHead(database);
      if (!found?.lastMac || !key) throw new Error('There is nothing to sign.');
      const head = { ...found.head, ...change };
      await writeHead(database, { ...head, mac: computeHeadMac(key.key, head, found.lastMac) });
    },
    async drop() {
      await owner.end();
      await test.drop();
    },
  };
}
