/** How people of a department work, and what their app does. */
export type WorkingHabit = 'office' | 'on_call' | 'watching';

/** People alike in how they work and in which role, of the same name, rules them. */
export interface Department {
  /** Of the role and of the policy. */
  name: string;
  habit: WorkingHabit;
  clientId: string;
  people: number;
}

/**
 * The company of the demo. `demo.yaml` gives each a policy: those of `finance` and `dispatch` are too strict
 * for how they work, that of `design` stays open for nobody, the others fit.
 */
export const demoDepartments: readonly Department[] = [
  { name: 'sales', habit: 'office', clientId: 'intranet', people: 6 },
  { name: 'finance', habit: 'office', clientId: 'intranet', people: 4 },
  { name: 'design', habit: 'office', clientId: 'intranet', people: 4 },
  { name: 'on-call', habit: 'on_call', clientId: 'pager', people: 3 },
  { name: 'dispatch', habit: 'watching', clientId: 'board', people: 2 },
];

/** Jobs that get tokens for themselves, once an hour. */
export const batchClientId = 'nightly-export';
