import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { spreadOf } from './figures.ts';

/** What the figures were measured on. */
export interface Machine {
  cores: number;
  processor: string;
  memoryGiB: number;
  system: string;
  node: string;
  postgres: string;
  /** The settings that make a commit durable. */
  durability: Record<string, string>;
  /** Median microseconds of writing 8 KiB and waiting for the disk. */
  syncMicroseconds: number;
  /** Processes that wanted a core in the last minute, before anything was measured. */
  load: number;
}

const syncs = 100;

export async function describeMachine(cluster: Cluster): Promise<Machine> {
  const settings = await cluster.asOwner<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in ('server_version', 'fsync', 'synchronous_commit')`,
  );
  const { server_version: postgres = '', ...durability } = Object.fromEntries(
    settings.map(({ name, setting }) => [name, setting]),
  );
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    postgres,
    durability,
    syncMicroseconds: Math.round(measureSync(join(cluster.directory, 'sync'))),
    load: loadavg()[0] ?? 0,
  };
}

function measureSync(file: string): number {
  const page = Buffer.alloc(8192, 1);
  const handle = openSync(file, 'w');
  try {
    const times = Array.from({ length: syncs }, () => {
      const startedAt = performance.now();
      writeSync(handle, page, 0, page.length, 0);
      fdatasyncSync(handle);
      return (performance.now() - startedAt) * 1000;
    });
    return spreadOf(times).median;
  } finally {
    closeSync(handle);
  }
}
