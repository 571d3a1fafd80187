import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { renderRolesText } from '../reports/describe_roles.ts';
import { mostPeople, reportRoles } from '../reports/report_roles.ts';
import { loadConfiguration } from '../store/configuration.ts';
import { withDatabase } from './open_database.ts';

export function addPolicyListCommand(policy: Command): void {
  policy
    .command('list')
    .description(
      `each role with the limits that hold for it, the baselines that these meet and miss, and its people, counted to ${mostPeople.toLocaleString('en-GB')}`,
    )
    .option('--json', 'print one JSON document')
    .action(async ({ json }: { json?: true }) => {
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        const configuration = await loadConfiguration(database);
        const rows = await reportRoles(database, configuration, [...configuration.roles.keys()].toSorted());
        process.stdout.write(json ? `${JSON.stringify(rows, undefined, 2)}\n` : renderRolesText(rows));
      });
    });
}
