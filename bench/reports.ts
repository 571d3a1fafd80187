/**
 * How long reports take over the roll-ups of many sessions: `node --import tsx bench/reports.ts [--short]
 * [--sessions <n>] [--json]`. See README.md.
 */
import { randomBytes } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { rollUpUsage } from '../src/jobs/roll_up_usage.ts';
import { applyConfiguration } from '../src/operations/apply_configuration.ts';
import { defaultWeight } from '../src/policy/suggest_limit.ts';
import { reportTimeouts } from '../src/reports/report_timeouts.ts';
import { reportUsage } from '../src/reports/report_usage.ts';
import { openDatabase } from '../src/store/database.ts';
import type { Database } from '../src/store/database.ts';
import { adminConfiguration } from '../test/support/administrators.ts';
import { ada } from '../test/support/example_configuration.ts';
import { createOperator } from '../test/support/operators.ts';
import { findFreePort } from '../test/support/ports.ts';
import { startInstance } from '../test/support/server.ts';
import { fillUsage } from './subjects/fill_usage.ts';
import type { UsageFill } from './subjects/fill_usage.ts';
import { withCluster } from './support/cluster.ts';
import type { Cluster } from './support/cluster.ts';
import { spreadOf } from './support/figures.ts';
import type { Spread } from './support/figures.ts';
import { describeMachine } from './support/machine.ts';

const whole: UsageFill = { sessions: 5_000_000, policies: 8, clients: 8, roleSets: 2, limit: 1800 };
const day = 86_400;
const rounds = 5;
const goals = { report: 5000, page: 300 };
/** Bytes on the disk for each session, those of PostgreSQL's log too, and beside. */
const neededBytes = { session: 1200, beside: 2 * 2 ** 30 };

interface Figure {
  kind: keyof typeof goals;
  name: string;
  milliseconds: Spread;
}

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    sessions: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const fill = { ...whole, sessions: Number(values.sessions ?? (values.short ? 50_000 : whole.sessions)) };
await assertDisk();

const measured = await withCluster(async (cluster) => {
  const machine = await describeMachine(cluster);
  const database = openDatabase({
    url: cluster.serverUrl,
    size: 4,
    prepared: true,
    answerTimeout: 600_000,
    onError: (error) => process.stderr.write(`${error.message}\n`),
  });
  try {
    return { machine, ...(await measureAll(cluster, database)) };
  } finally {
    await database.end();
  }
});

if (!measured.isWhole) process.exitCode = 1;
process.stdout.write(values.json ? `${JSON.stringify(measured, undefined, 2)}\n` : describe());

async function measureAll(cluster: Cluster, database: Database) {
  const configuration = adminConfiguration();
  await database.transaction((tx) => applyConfiguration(tx, configuration, { origin: { actor: 'bench' } }));
  process.stderr.write(`filling the roll-ups of ${fill.sessions} sessions\n`);
  const filled = await fillUsage(cluster, fill);
  const begunAt = performance.now();
  await rollUpUsage(database);
  const renewing = performance.now() - begunAt;
  await cluster.asAdmin('vacuum analyze usage_recent, usage_recent_policies');
  const told = await reportUsage(database, { since: 30 * day, by: 'policy', weight: defaultWeight });
  const spans = told.rows.reduce((sum, row) => sum + row.spans, 0);
  const figures = [...(await measureReports(database)), ...(await measurePages(database))];
  return { filled, renewing, isWhole: spans === filled.spans, figures };
}

/** The recent days are read from their sums; a day more, and every day is read. */
async function measureReports(database: Database): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const by of ['policy', 'client', 'role'] as const)
    for (const since of [30 * day, 31 * day]) {
      const name = `by ${by}, ${since / day} days`;
      const usage = () => reportUsage(database, { since, by, weight: defaultWeight });
      const timeouts = () => reportTimeouts(database, { since, by, within: 900 });
      figures.push(await measure('report', `usage ${name}`, usage));
      figures.push(await measure('report', `timeouts ${name}`, timeouts));
    }
  return figures;
}

/** As an operator's browser asks for them, of one instance in this process. */
async function measurePages(database: Database): Promise<Figure[]> {
  const port = await findFreePort();
  const issuer = `http://localhost:${port}`;
  const { app } = await startInstance({ database, issuer, port, secrets: [randomBytes(32)] });
  try {
    const operator = createOperator(issuer, ada);
    await operator.open('/console');
    const paths = ['usage', 'usage/policy-1', 'timeouts', 'timeouts?by=client', 'timeouts?by=role'];
    const figures: Figure[] = [];
    for (const path of paths)
      figures.push(
        await measure('page', `/console/reports/${path}`, async () => {
          const answer = await operator.browser.request(`/console/reports/${path}`);
          await answer.text();
          if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}.`);
        }),
      );
    return figures;
  } finally {
    await app.close(1000);
  }
}

async function measure(kind: Figure['kind'], name: string, work: () => Promise<unknown>): Promise<Figure> {
  process.stderr.write(`${kind} ${name}\n`);
  await work();
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const begunAt = performance.now();
    await work();
    times.push(performance.now() - begunAt);
  }
  return { kind, name, milliseconds: spreadOf(times) };
}

async function assertDisk(): Promise<void> {
  const needed = fill.sessions * neededBytes.session + neededBytes.beside;
  const { bavail, bsize } = await statfs(tmpdir());
  const inGiB = (bytes: number) => `${Math.ceil(bytes / 2 ** 30)} GiB`;
  if (bavail * bsize < needed)
    throw new Error(`It takes ${inGiB(needed)} of disk, and ${tmpdir()} has ${inGiB(bavail * bsize)} free.`);
}

function describe(): string {
  const { machine, filled, renewing, isWhole, figures } = measured;
  const { cores, processor, memoryGiB, node, postgres } = machine;
  const count = (value: number) => Math.round(value).toLocaleString('en-GB');
  const lines = figures.map(({ kind, name, milliseconds: { median, least, most } }) => {
    const goal = goals[kind];
    const met = median < goal ? 'met' : 'missed';
    return `| ${kind} ${name} | ${count(median)} (${count(least)}–${count(most)}) | ${met}: < ${count(goal)} |`;
  });
  return [
    `${cores} cores (${processor}), ${memoryGiB} GiB, Node ${node}, PostgreSQL ${postgres}.`,
    `${count(filled.spans)} sessions and families in ${count(filled.lines)} lines of ${count(filled.bytes / 2 ** 20)} MiB, ${isWhole ? 'all' : 'NOT ALL'} of them told.`,
    `Adding up the recent days for the first time: ${count(renewing)} ms.`,
    '',
    '| what | ms, median of 5 | goal |',
    '| --- | --: | --- |',
    ...lines,
    '',
  ].join('\n');
}
