import assert from 'node:assert/strict';
import { seedFamilies } from '../../bench/subjects/seed_families.ts';
import { ada, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { asOwner } from '../support/owner.ts';
import { waitUntil } from '../support/process_wait.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import { sql, sqlOne } from '../support/sql.ts';

const families = 500;
const atOnce = 50;
/** Seconds until the absolute limit of all of them passes. */
const limitIn = 3;
const absolute = 43_200;

describe('a sweep against 500 refreshes at their limit, 50 at once', () => {
  it('grants nothing after the end, and ends each family once', async () => {
    const server = await startTestServer(exampleConfiguration());
    try {
      const party = await createRelyingParty(server.issuer, shop);
      await party.signIn(ada);
      await server.clock.stop();
      const cluster = {
        asOwner: <Row extends object>(text: string, values?: unknown[]) =>
          asOwner<Row>(server.test.ownerUrl, text, values),
      };
      const tokens = await seedFamilies(cluster, families);
      for (const table of ['families', 'sessions']) {
        await sql(
          server.database,
          `update ${table} set started_at = curfew_now() + make_interval(secs => ${limitIn - absolute}),
             check_at = curfew_now() + make_interval(secs => ${limitIn})`,
        );
      }
      const waiting = tokens.values();
      const answers: Awaited<ReturnType<RelyingParty['token']>>[] = [];
      const refreshAll = async () => {
        for (const token of waiting) {
          const answer = await party.token({ grant_type: 'refresh_token', refresh_token: token });
          // The limit passes while the others are under way.
          if (answers.push(answer) === families / 4) await server.clock.advance(limitIn);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, refreshAll));
      const granted = answers.filter(({ status }) => status === 200).length;
      const refused = answers.filter(({ body }) =>
        String(body.error_description).startsWith('absolute_timeout: '),
      ).length;
      assert.equal(granted + refused, families);
      assert.ok(granted > 0 && refused > 0, `${granted} granted, ${refused} refused`);

      const open = () => sql(server.database, 'select from families where ended_at is null');
      await waitUntil(async () => (await open()).length === 0, 'not all have ended');
      const trail = await sqlOne(
        server.database,
        `select count(*) filter (where g.name = 'refresh.granted')::int as granted,
           count(*) filter (where g.name = 'refresh.granted' and g.occurred_at >= f.ended_at)::int as too_late,
           count(*) filter (where g.name = 'family.ended')::int as ended,
           count(distinct f.family_id)::int as families
         from families f join audit_events g using (family_id) where f.end_reason = 'absolute_timeout'`,
      );
      assert.deepEqual(trail, { granted, too_late: 0, ended: families + 1, families: families + 1 });
    } finally {
      await server.stop();
    }
  });
});
