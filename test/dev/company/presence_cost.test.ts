import assert from 'node:assert/strict';
import type { Department, WorkingHabit } from '../../../src/dev/company/departments.ts';
import { simulateCompany } from '../../../src/dev/company/simulate_company.ts';
import type { CompanyHistory } from '../../../src/dev/company/simulate_company.ts';
import { toConfiguration } from '../../support/company_configuration.ts';
import { countPresenceCost } from '../../support/presence_cost.ts';

const stretch = 4 * 3600;
const micros = 1e6;

describe('the cost of an idle limit, counted from when people were there', () => {
  for (const habit of ['office', 'on_call', 'watching'] as WorkingHabit[]) {
    for (const idle of [600, 1500, 4 * 3600]) {
      it(`is what the simulated company bears: ${habit}, ${idle / 60} minutes`, () => {
        const department: Department = { name: 'they', habit, clientId: 'app', people: 4 };
        const history = simulateCompany({
          seed: 5,
          departments: [department],
          configuration: toConfiguration([department], () => idle),
          firstMidnight: Date.UTC(2026, 0, 5) * 1000,
          days: 28,
        });
        const counted = countPresenceCost(
          history.employees.map(({ plan }) => plan),
          { habit, idle, absolute: 43_200, accessTokenTtl: 300, stretch, weight: 1 },
        );
        const borne = bear(history);
        assertNear(borne.interruptions, counted.interruptions, 0.05, 3);
        assertNear(borne.idleHours, counted.idleHours, 0.05, 1);
        assert.equal(counted.cost, counted.interruptions + counted.idleHours);
      });
    }
  }
});

/** The same from what a server would have written, knowing when people were there: slower, and typing takes its time. */
function bear({ employees, events }: CompanyHistory): { interruptions: number; idleHours: number } {
  let [interruptions, open, present] = [0, 0, 0];
  for (const { accountId, plan } of employees) {
    const stretches = plan.flatMap((day) =>
      day.stretches.map((of) => ({ from: of[0] ?? 0, to: of.at(-1) ?? 0 })),
    );
    const actions = plan.flatMap((day) => day.stretches.flat());
    let startedAt = 0;
    let isIdle = false;
    for (const { name, at, detail } of events.filter((event) => event.accountId === accountId)) {
      if (name === 'session.started') {
        startedAt = at;
        const before = actions.findLast((action) => action < at - 30 * micros);
        const signed = actions.findLast((action) => action < at - 5 * micros) ?? at;
        if (isIdle && before !== undefined && signed - before <= stretch * micros) interruptions += 1;
      }
      if (name !== 'session.ended') continue;
      isIdle = detail.reason === 'idle_timeout';
      const endedAt = Date.parse(String(detail.ended_at)) * 1000;
      open += endedAt - startedAt;
      for (const { from, to } of stretches)
        present += Math.max(0, Math.min(to, endedAt) - Math.max(from, startedAt));
    }
  }
  return { interruptions, idleHours: (open - present) / micros / 3600 };
}

function assertNear(a: number, b: number, share: number, slack: number): void {
  assert.ok(Math.abs(a - b) <= b * share + slack, `${a} is not near ${b}`);
}
