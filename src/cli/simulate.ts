import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { Problem } from '../domain/problems.ts';
import { mergeConfigurations } from '../operations/apply_configuration.ts';
import type { EndCount } from '../operations/count_ends.ts';
import { simulate } from '../reports/simulate.ts';
import type { Simulation } from '../reports/simulate.ts';
import { applyFile, readConfigurationFile } from './apply_file.ts';
import { noteDemoData } from './note_demo_data.ts';
import { withDatabase } from './open_database.ts';

const progressMilliseconds = 1000;

export function addSimulateCommand(program: Command): void {
  program
    .command('simulate <file>')
    .description('replay the audit trail under the limits of a configuration file: what would have ended')
    .option('--check', 'exit 1 where a replay under the limits of then differs from what was recorded')
    .option('--json', 'print one JSON document')
    .action(async (path: string, options: { check?: true; json?: true }) => {
      const file = readConfigurationFile(path);
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        const { wouldEnd = [] } = await applyFile(database, file, { dryRun: true, actor: 'curfew simulate' });
        const found = await simulate(database, {
          propose: (current) => mergeConfigurations(current, file),
          onProgress: createProgress(),
        });
        await noteDemoData(database);
        const { differing } = found.check;
        process.stdout.write(
          options.json
            ? `${JSON.stringify({ ...found, endsNow: wouldEnd }, undefined, 2)}\n`
            : describe(found, wouldEnd),
        );
        if (!options.check || differing.length === 0) return;
        throw new Problem('replay_differs', `${differing.length} ends differ. The first: ${differing[0]}`);
      });
    });
}

/** A line on stderr now and then. */
function createProgress(): (done: number, estimate: number) => void {
  let last = performance.now();
  return (done, estimate) => {
    if (performance.now() - last < progressMilliseconds) return;
    last = performance.now();
    process.stderr.write(`${done} events of about ${Math.max(done, estimate)}\n`);
  };
}

function describe(found: Simulation, endsNow: readonly EndCount[]): string {
  const { events, replayed, ends, livesLonger, check } = found;
  const same = check.ends - check.differing.length;
  const counts = (title: string, of: Record<string, number>) =>
    Object.entries(of).map(([name, count]) => `  ${title} ${name}: ${count} in use`);
  return [
    `Replayed ${replayed} sessions and families from ${events} events.`,
    `Under the limits of then, ${same} of ${check.ends} recorded ends come out the same to the second.`,
    ...ends.map(
      ({ policy, reason, sessions, families, inUse, accounts }) =>
        `would have ended earlier: ${sessions} sessions and ${families} families of ${accounts} accounts ` +
        `by ${reason}${policy && ` of policy ${policy}`}; ${inUse} of them were used after that`,
    ),
    ...counts('role', found.inUseByRole),
    ...counts('client', found.inUseByClient),
    ...(livesLonger > 0 ? [`would not have ended by then: ${livesLonger} that a limit ended`] : []),
    ...endsNow.map(
      ({ policy, reason, sessions, families }) =>
        `would end now: ${sessions} sessions and ${families} families by ${reason}${policy ? ` of policy ${policy}` : ''}`,
    ),
    '',
  ].join('\n');
}
