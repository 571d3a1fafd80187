import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { seedFamilies } from '../../bench/subjects/seed_families.ts';
import { ada, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { asOwner } from '../support/owner.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import { sql, sqlOne } from '../support/sql.ts';

const families = 500;
/** Seconds from now at which the absolute limit of all of them passes. */
const limitIn = 3;
const absolute = 43_200;

describe('a sweep against 500 simultaneous refreshes at their limit', function sweepAtLimit() {
  this.timeout(60_000);

  it('grants nothing after the end, and ends each family once', async () => {
    const server = await startTestServer(exampleConfiguration());
    try {
      const party = await createRelyingParty(server.issuer, shop);
      await party.signIn(ada);
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
      const refresh = async (token: string, at: number) => {
        await wait(at * 1000);
        return await party.token({ grant_type: 'refresh_token', refresh_token: token });
      };
      // From before the limit to after it.
      const answers = await Promise.all(
        tokens.map((token, at) => refresh(token, limitIn - 2 + (3 * at) / families)),
      );
      const granted = answers.filter(({ status }) => status === 200).length;
      const refused = answers.filter(({ body }) =>
        String(body.error_description).startsWith('absolute_timeout: '),
      ).length;
      assert.equal(granted + refused, families);
      assert.ok(granted > 0 && refused > 0, `${granted} granted, ${refused} refused`);

      const open = () => sql(server.database, 'select from families where ended_at is null');
      while ((await open()).length > 0) await wait(50);
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
