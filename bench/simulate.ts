/**
 * How many events of the trail a replay follows in a second: `node --import tsx bench/simulate.ts
 * [--events <n>] [--json]`. See README.md.
 */
import { parseArgs } from 'node:util';
import { simulate } from '../src/reports/simulate.ts';
import { openDatabase } from '../src/store/database.ts';
import { eventsOfSession, fillTrail } from './subjects/fill_trail.ts';
import { withCluster } from './support/cluster.ts';

const { values } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, json: { type: 'boolean', default: false } },
});
const sessions = Math.ceil(Number(values.events) / eventsOfSession);

const figures = await withCluster(async (cluster) => {
  process.stderr.write(`filling the trail with ${sessions * eventsOfSession} events\n`);
  await fillTrail(cluster, sessions);
  const database = openDatabase({
    url: cluster.serverUrl,
    size: 1,
    prepared: true,
    answerTimeout: 600_000,
    onError: (error) => process.stderr.write(`${error.message}\n`),
  });
  try {
    const begunAt = performance.now();
    const cpu = process.cpuUsage();
    const postgresCpu = cluster.cpu();
    const { events, check } = await simulate(database, {
      propose: (current) => current,
      onProgress: (done, estimate) => {
        if (done % 1_000_000 === 0) process.stderr.write(`  ${done} of ${estimate}\n`);
      },
    });
    const seconds = (performance.now() - begunAt) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    return {
      events,
      seconds,
      eventsPerSecond: Math.round(events / seconds),
      nodeMicrosPerEvent: (user + system) / events,
      postgresMicrosPerEvent: ((cluster.cpu() - postgresCpu) * 1000) / events,
      megabytes: Math.round(process.memoryUsage().rss / 1e6),
      ends: check.ends,
      differing: check.differing.length,
    };
  } finally {
    await database.end();
  }
});

if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
else {
  const {
    events,
    seconds,
    eventsPerSecond,
    nodeMicrosPerEvent,
    postgresMicrosPerEvent,
    megabytes,
    ends,
    differing,
  } = figures;
  process.stdout.write(
    `${events} events in ${seconds.toFixed(1)} s: ${eventsPerSecond} a second, ` +
      `${nodeMicrosPerEvent.toFixed(1)} us of CPU each and ${postgresMicrosPerEvent.toFixed(1)} us of PostgreSQL's, ${megabytes} MB; ` +
      `${ends - differing} of ${ends} ends are the same to the second\n`,
  );
}
process.exitCode = figures.differing === 0 && figures.ends === 2 * sessions ? 0 : 1;
