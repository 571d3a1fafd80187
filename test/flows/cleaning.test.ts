import assert from 'node:assert/strict';
import { deleteExpired } from '../../src/store/expired.ts';
import { ada, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { assertRefused, listEvents } from '../support/gate.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { waitUntil } from '../support/process_wait.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql } from '../support/sql.ts';

const day = 86_400;

describe('what ended', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer(exampleConfiguration());
  });
  afterEach(() => server.stop());

  it('is known by its reason for 30 days, is nothing that anybody knows then, and stays in the trail', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const first = await party.signIn(ada);
    const second = await party.refresh(first.refresh_token ?? '');
    const last = await party.refresh(second.refresh_token ?? '');
    await server.clock.advance(3600);
    await assertRefused(party, last, 'idle_timeout');
    await server.clock.advance(29 * day);
    await deleteExpired(server.database);
    await assertRefused(party, last, 'idle_timeout');
    const events = (await listEvents(server.database)).length;

    await server.clock.advance(day);
    // What the server's own job has in hand is left to it.
    await waitUntil(async () => {
      await deleteExpired(server.database);
      const left = ['families', 'refresh_tokens', 'sessions'].map((table) =>
        sql(server.database, `select from ${table}`),
      );
      return (await Promise.all(left)).flat().length === 0;
    }, 'something is kept');
    for (const tokens of [first, second, last]) await assertRefused(party, tokens, 'unknown_token');
    assert.ok((await listEvents(server.database)).length >= events);
  });
});
