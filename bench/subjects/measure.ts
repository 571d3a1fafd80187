import { percentile } from '../support/figures.ts';
import type { Drive } from '../support/drive_connections.ts';

/** One measurement, CPU in milliseconds per refresh. */
export interface Sample {
  subject: 'curfew' | 'library' | 'knex' | 'statements';
  /** Refreshes were begun at a given pace, not as many as there could be. */
  paced: boolean;
  connections: number;
  count: number;
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  nodeCpu: number;
  postgresCpu: number;
}

/** Where the CPU of a subject is read, in milliseconds so far. */
export interface CpuMeters {
  node: () => number | Promise<number>;
  /** Absent where no PostgreSQL takes part. */
  postgres?: () => number;
}

/** Run one drive and say what it cost. */
export async function measure(
  { subject, connections, paced = false }: Pick<Sample, 'subject' | 'connections'> & { paced?: boolean },
  meters: CpuMeters,
  drive: () => Promise<Drive>,
): Promise<Sample> {
  const before = await readMeters(meters);
  const { count, seconds, latencies } = await drive();
  const after = await readMeters(meters);
  return {
    subject,
    connections,
    paced,
    count,
    perSecond: count / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    nodeCpu: (after.node - before.node) / count,
    postgresCpu: (after.postgres - before.postgres) / count,
  };
}

async function readMeters({ node, postgres }: CpuMeters) {
  return { node: await node(), postgres: postgres?.() ?? 0 };
}
