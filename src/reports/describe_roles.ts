import { formatDuration } from '../domain/durations.ts';
import type { LimitField } from '../domain/policies.ts';
import type { HeldBaseline } from '../policy/hold_limits.ts';
import { alignColumns } from './align_columns.ts';
import type { RoleRow } from './report_roles.ts';

/** `1,234`, or `10,000+` where no more are counted. */
export function describePeople({ count, more }: RoleRow['people']): string {
  return `${count.toLocaleString('en-GB')}${more ? '+' : ''}`;
}

/** What the table shows of a role, and the words above it. */
const columns: readonly (readonly [head: string, field: LimitField])[] = [
  ['token', 'access_token_ttl'],
  ['app idle', 'refresh_idle'],
  ['app at most', 'refresh_absolute'],
  ['session idle', 'session_idle'],
  ['session at most', 'session_absolute'],
  ['second factor', 'mfa'],
  ['sessions', 'max_sessions'],
];

/** The matrix as a table for a terminal, and below it the baselines of each role. */
export function renderRolesText(rows: readonly RoleRow[]): string {
  if (rows.length === 0) return 'There are no roles: the policy default holds for everybody.\n';
  const table = [
    ['role', 'people', 'policy', ...columns.map(([head]) => head)],
    ...rows.map((row) => [
      row.role,
      describePeople(row.people),
      row.policy ?? '-',
      ...columns.map(([, field]) => short(row, field)),
    ]),
  ];
  return `${[...alignColumns(table), ...rows.flatMap(describeBaselines)].join('\n')}\n`;
}

function short({ limits }: RoleRow, field: LimitField): string {
  const { value } = limits[field];
  return typeof value === 'number' && field !== 'max_sessions' ? formatDuration(value) : String(value);
}

function describeBaselines({ role, baselines }: RoleRow): string[] {
  const names = (of: readonly HeldBaseline[]) => of.map(({ id }) => id).join(', ');
  const missed = baselines.filter(({ faults }) => faults.length > 0);
  const met = baselines.filter(({ faults }) => faults.length === 0);
  const claimed = missed.filter((one) => one.claimed);
  const others = missed.filter((one) => !one.claimed);
  return [
    '',
    role,
    ...(met.length > 0 ? [`  its limits meet        ${names(met)}`] : []),
    ...(others.length > 0 ? [`  they do not meet       ${names(others)}`] : []),
    ...claimed.flatMap(({ id, faults }) => [
      `  claimed, and missed    ${id}`,
      ...faults.map((fault) => `                         ${fault}`),
    ]),
  ];
}
