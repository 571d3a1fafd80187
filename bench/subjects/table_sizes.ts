import type { Cluster } from '../support/cluster.ts';

/** Bytes on the disk, with indexes. */
export interface TableSizes {
  /** Of each table that grows with families. */
  familyTables: Record<string, number>;
  events: number;
}

/** As the tables are now. */
export async function measureSize(cluster: Cluster): Promise<TableSizes> {
  const familyTables = ['families', 'refresh_tokens', 'sessions', 'grants', 'accounts', 'account_roles'];
  const rows = await cluster.asAdmin<{ name: string; bytes: number }>(
    `select name, pg_total_relation_size(name::regclass)::float8 as bytes from unnest($1::text[]) name`,
    [familyTables],
  );
  const [events] = await cluster.asAdmin<{ bytes: number }>(
    `select sum(pg_total_relation_size(relid))::float8 as bytes from pg_partition_tree('audit_events') where isleaf`,
  );
  return {
    familyTables: Object.fromEntries(rows.map(({ name, bytes }) => [name, bytes])),
    events: events?.bytes ?? 0,
  };
}
