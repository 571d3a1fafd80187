import assert from 'node:assert/strict';
import { createSecretsAtRest } from '../../../src/credentials/secrets_at_rest.ts';
import type { Department } from '../../../src/dev/company/departments.ts';
import { simulateCompany } from '../../../src/dev/company/simulate_company.ts';
import type { Employee } from '../../../src/dev/company/simulate_company.ts';
import { writeHistory } from '../../../src/dev/company/write_history.ts';
import { addSeconds } from '../../../src/domain/instants.ts';
import { createSealer } from '../../../src/events/seal_events.ts';
import { rollUpUsage } from '../../../src/jobs/roll_up_usage.ts';
import { applyConfiguration } from '../../../src/operations/apply_configuration.ts';
import { defaultStretch, defaultWeight } from '../../../src/policy/suggest_limit.ts';
import { reportUsage } from '../../../src/reports/report_usage.ts';
import { loadConfiguration } from '../../../src/store/configuration.ts';
import { readNow } from '../../../src/store/sessions.ts';
import { companyConfiguration } from '../../support/company_configuration.ts';
import { createTestDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { countPresenceCost } from '../../support/presence_cost.ts';

/** None that habits and limits were tried with. */
const seed = 2001;
const days = 30;
const day = 86_400;
const minute = 60;
const withinShare = 0.1;

const planted = [
  { name: 'clerks', idle: 20, verdict: 'fits' },
  { name: 'tellers', idle: 8, verdict: 'too_strict' },
  { name: 'drawers', idle: 360, verdict: 'too_loose' },
] as const;
const departments: Department[] = planted.map(({ name }) => ({
  name,
  habit: 'office',
  clientId: 'intranet',
  people: 5,
}));
const idleOf = ({ name }: Department) => (planted.find((each) => each.name === name)?.idle ?? 0) * minute;

describe('the report of a company whose trail was written, sealed and rolled up', function company() {
  this.timeout(60_000);
  let test: TestDatabase;
  let employees: readonly Employee[];

  before(async () => {
    test = await createTestDatabase();
    const { database } = test;
    await database.transaction(async (tx) => {
      await applyConfiguration(tx, companyConfiguration(departments, idleOf), { origin: { actor: 'test' } });
      const configuration = await loadConfiguration(tx);
      const today = Math.floor((await readNow(tx)) / (day * 1e6)) * day * 1e6;
      const firstMidnight = addSeconds(today, -(days + 1) * day);
      const history = simulateCompany({ seed, departments, configuration, firstMidnight, days });
      ({ employees } = history);
      await writeHistory(tx, history, seed);
    });
    await createSealer(database, createSecretsAtRest([Buffer.alloc(32, 1)]))();
    await rollUpUsage(database);
  });
  after(() => test.drop());

  it('names the planted policies and no other, and suggests what is within 10 % of the best', async () => {
    const { rows } = await reportUsage(test.database, {
      since: 60 * day,
      by: 'policy',
      weight: defaultWeight,
    });
    assert.equal(rows.length, 2 * planted.length, 'sessions, and the access of apps');
    for (const { of, policy, verdict, suggested } of rows) {
      const expected = planted.find(({ name }) => name === policy)?.verdict;
      assert.equal(verdict, expected, `${of} of ${policy}`);
      const limit = suggested?.limit ?? assert.fail(`nothing is suggested to ${policy}`);
      const best = findBest(policy);
      const told = `${of} of ${policy}: ${limit / minute} minutes are suggested, ${best / minute} are best`;
      assert.ok(Math.abs(limit / best - 1) <= withinShare, told);
    }
  });

  /** By when people were there, which no report can read: every minute up to an hour and a half. */
  function findBest(department: string): number {
    const plans = employees.filter((each) => each.department.name === department).map(({ plan }) => plan);
    const rest = { absolute: 43_200, accessTokenTtl: 300, stretch: defaultStretch, weight: defaultWeight };
    let best = { limit: 0, cost: Infinity };
    for (let limit = 5 * minute; limit <= 90 * minute; limit += minute) {
      const { cost } = countPresenceCost(plans, { habit: 'office', idle: limit, ...rest });
      if (cost < best.cost) best = { limit, cost };
    }
    return best.limit;
  }
});
