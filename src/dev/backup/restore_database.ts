import pg from 'pg';
import { createSecretsAtRest } from '../../credentials/secrets_at_rest.ts';
import type { SecretsAtRest } from '../../credentials/secrets_at_rest.ts';
import { Problem } from '../../domain/problems.ts';
import { recordEvent } from '../../events/record_event.ts';
import { createSealer } from '../../events/seal_events.ts';
import { verifyTrail } from '../../events/verify_trail.ts';
import { copyIn } from '../../store/copy_in.ts';
import { openDatabase } from '../../store/database.ts';
import type { Database } from '../../store/database.ts';
import { listMigrations, migrate } from '../../store/migrate.ts';
import { countSealed, sealedColumns } from '../../store/sealed_columns.ts';
import type { EmbeddedPostgres } from '../embedded_postgres.ts';
import { createDatabase, ownerRole, serverRole } from '../prepare_database.ts';
import type { OpenedBackup } from './read_backup.ts';

export interface RestoreReport {
  /** When the backup was made, ISO 8601. */
  madeAt: string;
  /** Migrations that came after it, and were applied. */
  migrated: string[];
  /** Sealed events that were compared, and what is not as it was sealed. */
  events: number;
  faults: string[];
}

type Cluster = Pick<EmbeddedPostgres, 'connectionUrl'>;

/**
 * Let a backup become the database `name` of a cluster that nobody else uses. It is made beside what is there, brought
 * to this version, opened with the secrets and verified, and only then takes that place: whatever fails before
 * leaves everything as it was. Throws Problems `backup_unfit`, `backup_unreadable`, `secret_wrong`.
 */
export async function restoreDatabase(
  cluster: Cluster,
  name: string,
  backup: OpenedBackup,
  secretValues: readonly Buffer[],
): Promise<RestoreReport> {
  const { header } = backup;
  assertKnown(header.migrations);
  const beside = `${name}_restoring`;
  const secrets = createSecretsAtRest(secretValues);
  await asSuperuser(cluster, [`drop database if exists ${beside} with (force)`]);
  try {
    await createDatabase(cluster, beside);
    const ownerUrl = cluster.connectionUrl(ownerRole, beside);
    await migrate(ownerUrl, { only: header.migrations });
    await copyIn(cluster.connectionUrl('postgres', beside), header, () => backup.nextRows());
    await backup.assertWhole();
    const migrated = await migrate(ownerUrl);
    const { events, faults } = await onServer(cluster, beside, (database) =>
      settle(database, secrets, header.madeAt),
    );
    await replace(cluster, name, beside);
    return { madeAt: header.madeAt, migrated, events, faults };
  } finally {
    await asSuperuser(cluster, [`drop database if exists ${beside} with (force)`]);
  }
}

/** Throws Problem `backup_unfit` where a newer version made it. */
function assertKnown(migrations: readonly string[]): void {
  const known = listMigrations().map((migration) => migration.name);
  const unknown = migrations.filter((migration) => !known.includes(migration));
  if (unknown.length === 0) return;
  throw new Problem(
    'backup_unfit',
    `A newer version made the backup, which knows ${unknown[0]}: restore it with that.`,
  );
}

async function onServer<Result>(
  cluster: Cluster,
  name: string,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const url = cluster.connectionUrl(serverRole, name);
  const database = openDatabase({ url, size: 2, prepared: true, onError: () => undefined });
  try {
    return await work(database);
  } finally {
    await database.end();
  }
}

/**
 * Verify the trail as it came, and then tell in it that it was restored. That is sealed at once: transactions are
 * counted anew here, and until a sealing says so, what is new looks as if it had been there before.
 */
async function settle(database: Database, secrets: SecretsAtRest, madeAt: string) {
  await assertOpen(database, secrets);
  const { events, faults } = await verifyTrail(database, secrets);
  await recordEvent(database, 'database.restored', {}, { actor: 'shell' }, { made_at: madeAt });
  if (faults.length === 0) await createSealer(database, secrets)();
  return { events, faults };
}

/** Throws Problem `secret_wrong` where something is sealed under a secret that is not given: no server would start. */
async function assertOpen(database: Database, secrets: SecretsAtRest): Promise<void> {
  for (const column of sealedColumns) {
    const counts = await countSealed(database, column);
    if (counts.every(({ keyId }) => secrets.knows(`v1.${keyId}`))) continue;
    throw new Problem(
      'secret_wrong',
      `The backup was made under another CURFEW_SECRET: ${column.table}.${column.column} does not open. Nothing is changed.`,
    );
  }
}

/** Both names change in one transaction. */
async function replace(cluster: Cluster, name: string, beside: string): Promise<void> {
  const replaced = `${name}_replaced`;
  await asSuperuser(cluster, [
    `drop database if exists ${replaced} with (force)`,
    `begin; alter database ${name} rename to ${replaced}; alter database ${beside} rename to ${name}; commit`,
    `drop database ${replaced} with (force)`,
  ]);
}

async function asSuperuser(cluster: Cluster, statements: readonly string[]): Promise<void> {
  const admin = new pg.Client({ connectionString: cluster.connectionUrl('postgres', 'postgres') });
  await admin.connect();
  try {
    for (const statement of statements) await admin.query(statement);
  } finally {
    await admin.end();
  }
}
