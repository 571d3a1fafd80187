import type { Configuration } from '../../domain/configuration.ts';
import { addSeconds } from '../../domain/instants.ts';
import type { Instant } from '../../domain/instants.ts';
import { createSeededRandom } from '../seeded_random.ts';
import type { SeededRandom } from '../seeded_random.ts';
import { createAccess } from './create_access.ts';
import { batchClientId } from './departments.ts';
import type { Department } from './departments.ts';
import { drawUuid } from './draw_identifiers.ts';
import type { HistoryEvent } from './history_event.ts';
import { livePlan } from './live_plan.ts';
import { planPerson } from './plan_person.ts';
import type { DayPlan } from './plan_person.ts';

export interface CompanyQuestion {
  seed: number;
  departments: readonly Department[];
  /** It rules everybody; each department is a role of it. */
  configuration: Configuration;
  firstMidnight: Instant;
  days: number;
}

export interface Employee {
  accountId: string;
  username: string;
  name: string;
  department: Department;
  plan: readonly DayPlan[];
}

export interface CompanyHistory {
  employees: Employee[];
  /** In the order in which they happened. */
  events: HistoryEvent[];
}

/**
 * A company's days, made up: the same for the same seed. What people do is planned first and knows of no limit;
 * then they live through it under the configuration. Whatever is open on the last evening has ended a day after.
 */
export function simulateCompany(question: CompanyQuestion): CompanyHistory {
  const random = createSeededRandom(question.seed);
  const events: HistoryEvent[] = [];
  const employees = question.departments.flatMap((department) =>
    Array.from({ length: department.people }, (_, number) =>
      planEmployee(random, question, department, number + 1),
    ),
  );
  for (const employee of employees) liveEmployee(random.fork(), question, employee, events);
  runBatches(random.fork(), question, events);
  return { employees, events: events.toSorted((a, b) => a.at - b.at) };
}

function planEmployee(
  random: SeededRandom,
  { firstMidnight, days }: CompanyQuestion,
  department: Department,
  number: number,
): Employee {
  return {
    accountId: drawUuid(random),
    username: `demo.${department.name}.${number}`,
    name: `Demo data: ${department.name} ${number}`,
    department,
    plan: planPerson(random.fork(), department.habit, firstMidnight, days),
  };
}

function liveEmployee(
  random: SeededRandom,
  { configuration, firstMidnight }: CompanyQuestion,
  { accountId, department, plan }: Employee,
  events: HistoryEvent[],
): void {
  const { name, clientId, habit } = department;
  const detail = { roles: [name], actor: 'demo history' };
  events.push({ at: firstMidnight, name: 'account.created', accountId, detail });
  const owner = {
    accountId,
    roles: [name],
    clientId,
    scopes: ['openid'],
    address: `192.0.2.${random.integer(1, 255)}`,
  };
  const access = createAccess(owner, configuration, random, (event) => events.push(event));
  livePlan(plan, habit, access, random);
}

/** Once an hour a job gets a token of its own. */
function runBatches(
  random: SeededRandom,
  { firstMidnight, days }: CompanyQuestion,
  events: HistoryEvent[],
): void {
  for (let hour = 0; hour < days * 24; hour += 1) {
    events.push({
      at: addSeconds(firstMidnight, hour * 3600 + random.between(1, 20)),
      name: 'client_credentials.granted',
      clientId: batchClientId,
      requestId: drawUuid(random),
      address: '192.0.2.1',
      detail: { scope: '' },
    });
  }
}
