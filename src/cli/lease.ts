import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import type { Configuration } from '../domain/configuration.ts';
import { describeDuration } from '../domain/durations.ts';
import type { Instant } from '../domain/instants.ts';
import { endLease } from '../operations/end_lease.ts';
import { familyLease } from '../policy/family_lease.ts';
import { familyLimits } from '../policy/subject_limits.ts';
import { alignColumns } from '../reports/align_columns.ts';
import { loadConfiguration } from '../store/configuration.ts';
import { listLeases } from '../store/leases.ts';
import type { LeasedFamily } from '../store/leases.ts';
import { getAccount } from './account_change.ts';
import { withDatabase } from './open_database.ts';

const mostListed = 1000;

export function addLeaseCommands(program: Command): void {
  const lease = program.command('lease').description('work that goes on while its user is away');
  lease
    .command('list')
    .description(
      `families that were allowed a lease and have not ended, the oldest first; at most ${mostListed}`,
    )
    .option('--user <username>', 'of one account')
    .option('--json', 'as one JSON document')
    .action(async ({ user, json }: { user?: string; json?: true }) => {
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        const accountId = user === undefined ? undefined : (await getAccount(database, user)).accountId;
        const configuration = await loadConfiguration(database);
        const rows = await listLeases(database, { accountId, most: mostListed });
        const leases = rows.flatMap((row) => describe(configuration, row));
        const lines = alignColumns(leases.map(cells)).map((line) => `${line}\n`);
        process.stdout.write(json ? `${JSON.stringify(leases, null, 2)}\n` : lines.join(''));
      });
    });
  lease
    .command('end <family-id>')
    .description('end a lease with its family')
    .option('--json', 'as one JSON document')
    .action(async (familyId: string, { json }: { json?: true }) => {
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        const ended = await database.transaction(async (tx) =>
          endLease(tx, await loadConfiguration(tx), familyId, { actor: 'operator' }),
        );
        process.stdout.write(`${json ? JSON.stringify(ended) : `ended ${ended.families} families`}\n`);
      });
    });
}

/** As it is told; instants in ISO 8601. */
interface ToldLease {
  familyId: string;
  username: string;
  clientId: string;
  scopes: readonly string[];
  /** In the words of the client. */
  purpose: string;
  /** What the user allowed. */
  allowedSeconds: number;
  startedAt: string;
  /** By the limits in force; null: no policy permits leases any more. */
  endsAt: string | null;
  /** Within it the idle limit rests. */
  isRunning: boolean;
}

function describe(configuration: Configuration, { family, username, roles, now }: LeasedFamily): ToldLease[] {
  const { familyId, clientId, scopes, startedAt, lease } = family;
  if (!lease) return [];
  const inForce = familyLease(family, familyLimits(configuration, family, roles));
  const iso = (at: Instant) => new Date(at / 1000).toISOString();
  return [
    {
      familyId,
      username,
      clientId,
      scopes,
      purpose: lease.purpose,
      allowedSeconds: lease.duration,
      startedAt: iso(startedAt),
      endsAt: inForce ? iso(inForce.endAt) : null,
      isRunning: inForce !== undefined && now < inForce.endAt,
    },
  ];
}

function cells({ familyId, username, clientId, allowedSeconds, endsAt, isRunning, purpose }: ToldLease) {
  const until = endsAt === null ? 'permitted no more' : `${isRunning ? 'until' : 'over since'} ${endsAt}`;
  return [familyId, username, clientId, describeDuration(allowedSeconds), until, purpose];
}
