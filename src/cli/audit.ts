import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { createSecretsAtRest } from '../credentials/secrets_at_rest.ts';
import { formatDuration } from '../domain/durations.ts';
import { Problem } from '../domain/problems.ts';
import { verifyTrail } from '../events/verify_trail.ts';
import type { TrailReport } from '../events/verify_trail.ts';
import { addAuditListings } from './audit_listings.ts';
import { withDatabase } from './open_database.ts';
import { readSecrets } from './read_secrets.ts';

export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('the audit trail');
  addAuditListings(audit);
  audit
    .command('verify')
    .description('compare the trail with its seals; exit 1 and say where it is not as it was sealed')
    .option('--checkpoint <checkpoint>', 'a checkpoint that an earlier verification or export gave')
    .option('--json', 'print one JSON document')
    .action(async (options: { checkpoint?: string; json?: true }) => {
      const environment = readEnvironment(process.env, 'tool');
      const secrets = createSecretsAtRest(
        await readSecrets(environment, 'only it can prove what was sealed. For what curfew dev sealed'),
      );
      await withDatabase(environment, async (database) => {
        const report = await verifyTrail(database, secrets, options);
        process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describe(report));
        const [first, ...others] = report.faults;
        if (first === undefined) return;
        const more = others.length > 0 ? ` ${others.length} more faults: see --json.` : '';
        throw new Problem('trail_altered', `${first}${more}`);
      });
    });
}

function describe({ seals, since, events, dropped, unsealed, checkpoint }: TrailReport): string {
  const gone = dropped > 0 ? `; ${dropped} more were dropped with their months` : '';
  const age = formatDuration(Math.floor(unsealed.oldestSeconds));
  const oldest = unsealed.count > 0 ? `, the oldest ${age} old` : '';
  return [
    `Sealed: ${events} events in ${seals} seals${since ? ` since ${since}` : ''}${gone}.`,
    `Unsealed: ${unsealed.count} events${oldest}.`,
    ...(checkpoint ? [`Checkpoint, to keep elsewhere: ${checkpoint}`] : []),
    '',
  ].join('\n');
}
