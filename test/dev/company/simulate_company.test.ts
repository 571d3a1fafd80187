import assert from 'node:assert/strict';
import type { Department } from '../../../src/dev/company/departments.ts';
import { simulateCompany } from '../../../src/dev/company/simulate_company.ts';
import type { CompanyHistory } from '../../../src/dev/company/simulate_company.ts';
import { toConfiguration } from '../../support/company_configuration.ts';

const departments: readonly Department[] = [
  { name: 'sales', habit: 'office', clientId: 'intranet', people: 2 },
  { name: 'dispatch', habit: 'watching', clientId: 'board', people: 1 },
];
const firstMidnight = Date.UTC(2026, 0, 5) * 1000;

describe('simulateCompany', () => {
  const simulate = (seed: number, idle = 1200): CompanyHistory =>
    simulateCompany({
      seed,
      departments,
      configuration: toConfiguration(departments, () => idle),
      firstMidnight,
      days: 7,
    });

  it('gives the same for the same seed, and another for another', () => {
    assert.deepEqual(simulate(1), simulate(1));
    assert.notDeepEqual(simulate(1).events, simulate(2).events);
  });

  it('plans what people do without regard to limits', () => {
    const plans = (idle: number) => simulate(1, idle).employees.map(({ plan }) => plan);
    assert.deepEqual(plans(300), plans(7200));
  });

  it('tells it in order, and ends whatever it began', () => {
    const { events } = simulate(3);
    assert.deepEqual(
      events,
      events.toSorted((a, b) => a.at - b.at),
    );
    const count = (name: string) => events.filter((event) => event.name === name).length;
    assert.ok(count('session.started') > 20);
    assert.equal(count('session.ended'), count('session.started'));
    assert.equal(count('family.ended'), count('code.exchanged'));
  });

  it('ends sessions by the limits in force, and so more of them under shorter ones', () => {
    const ended = (idle: number) =>
      simulate(4, idle).events.filter(({ name, detail }) => name === 'session.ended' && detail.limit === idle)
        .length;
    assert.ok(ended(600) > 2 * ended(1200), `${ended(600)} ${ended(1200)}`);
  });
});
