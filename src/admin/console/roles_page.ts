import { z } from 'zod';
import { sendPage } from '../../http/send_page.ts';
import type { LimitField } from '../../domain/policies.ts';
import { describeLimitValue } from '../../reports/describe_limit.ts';
import { describePeople } from '../../reports/describe_roles.ts';
import { reportRoles } from '../../reports/report_roles.ts';
import type { RoleRow } from '../../reports/report_roles.ts';
import { consoleRolesPage } from '../../../views/console/roles.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { linkPages, readPlace } from './query.ts';
import { consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const perPage = 25;
const columns: readonly (readonly [head: string, field: LimitField])[] = [
  ['Session idle', 'session_idle'],
  ['Session in any case', 'session_absolute'],
  ['App idle', 'refresh_idle'],
  ['App in any case', 'refresh_absolute'],
  ['Access token', 'access_token_ttl'],
  ['Second factor', 'mfa'],
];

/** What each role has: limits, what baselines say of them, and people. */
export async function showRoles(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, configuration } = visit;
  const after = readPlace(ctx, z.string()) ?? '';
  const names = [...configuration.roles.keys()].filter((name) => name > after).toSorted();
  const here = names.slice(0, perPage);
  const rows = await reportRoles(dependencies.database, configuration, here);
  const shell = await describeShell(dependencies, visit);
  const page = consoleRolesPage(shell, {
    columns: columns.map(([head]) => head),
    roles: rows.map(describeRow),
    ...linkPages(ctx, names.length > perPage ? here.at(-1) : undefined),
  });
  sendPage(ctx, page);
}

function describeRow({ role, people, limits, baselines }: RoleRow) {
  const idsOf = (held: RoleRow['baselines']) => held.map(({ id }) => id);
  const missed = baselines.filter(({ faults }) => faults.length > 0);
  return {
    name: role,
    people: describePeople(people),
    peopleUrl: `${consoleRoot}/accounts?role=${encodeURIComponent(role)}`,
    limits: columns.map(([, field]) => ({
      value: describeLimitValue(field, { [field]: limits[field].value }) ?? '',
      policy: limits[field].policy,
    })),
    met: idsOf(baselines.filter(({ faults }) => faults.length === 0)),
    missed: idsOf(missed.filter(({ claimed }) => !claimed)),
    broken: missed.filter(({ claimed }) => claimed),
  };
}
