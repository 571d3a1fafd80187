import type { Cluster } from '../support/cluster.ts';

/** What PostgreSQL wrote, as its log has it. */
export interface Written {
  rows: number;
  indexEntries: number;
  /** Updates, and those of them that stayed on their page and touched no index. */
  updates: number;
  hotUpdates: number;
  logBytes: number;
}

/** How to read the log of everything between two moments: it is kept for that. */
export async function prepareWritten(cluster: Cluster): Promise<void> {
  await cluster.asAdmin('create extension pg_walinspect');
  await cluster.asAdmin(`alter system set wal_keep_size = '4GB'`);
  await cluster.asAdmin(`alter system set max_wal_size = '4GB'`);
  await cluster.asAdmin('select pg_reload_conf()');
}

/** Run `work` and say what PostgreSQL wrote meanwhile. */
export async function observeWritten<Result>(
  cluster: Cluster,
  work: () => Promise<Result>,
): Promise<{ result: Result; written: Written }> {
  const from = await readPosition(cluster);
  const result = await work();
  const to = await readPosition(cluster);
  // A record names each page it changes, the first as 0; PostgreSQL's own tables are left out.
  const records = await cluster.asAdmin<{ kind: string; count: number }>(
    `select b.resource_manager || '/' || b.record_type as kind, count(*)::float8 as count
     from pg_get_wal_block_info($1, $2, false) b join pg_class c using (relfilenode)
     where c.relnamespace = 'public'::regnamespace and b.block_id = 0 group by 1`,
    [from, to],
  );
  const [log] = await cluster.asAdmin<{ bytes: number }>('select pg_wal_lsn_diff($2, $1)::float8 as bytes', [
    from,
    to,
  ]);
  const count = (kinds: RegExp) =>
    records.filter(({ kind }) => kinds.test(kind)).reduce((sum, record) => sum + record.count, 0);
  const hotUpdates = count(/^Heap\/HOT_UPDATE/);
  const updates = hotUpdates + count(/^Heap\/UPDATE/);
  const written = {
    rows: updates + count(/^Heap\/(INSERT|DELETE)/),
    // A split takes one entry too.
    indexEntries: count(/^Btree\/(INSERT_LEAF|INSERT_POST|SPLIT_L|SPLIT_R)/),
    updates,
    hotUpdates,
    logBytes: log?.bytes ?? 0,
  };
  return { result, written };
}

async function readPosition(cluster: Cluster): Promise<string> {
  const [row] = await cluster.asAdmin<{ position: string }>('select pg_current_wal_flush_lsn() as position');
  if (!row) throw new Error('PostgreSQL did not tell where its log ends.');
  return row.position;
}
