import type { Middleware } from 'koa';
import { findingKinds } from '../../domain/control_findings.ts';
import type { FindingKind } from '../../domain/control_findings.ts';
import type { Instant } from '../../domain/instants.ts';
import type { SigningKeyTimes } from '../../domain/signing_keys.ts';
import { defineMetrics } from './definitions.ts';
import type { Measures } from './definitions.ts';
import { measureRequests } from './measure_requests.ts';
import { noteNews } from './note_news.ts';
import type { News } from './note_news.ts';

/** What the database is asked at a scrape. */
export interface Sample {
  liveSessions: ReadonlyMap<string, number>;
  outbox: { waiting: number; oldestSeconds: number; undeliverable: number };
  signingKeys: { keys: readonly SigningKeyTimes[]; now: Instant };
  controls: { findings: readonly { kind: FindingKind; count: number }[]; ageSeconds: number | null };
}

export interface Observed {
  pool(): { total: number; idle: number; waiting: number };
  sample(): Promise<Sample>;
}

export interface Metrics {
  middleware: Middleware;
  noteNews(news: readonly News[]): void;
  noteRun(job: string, seconds: number, failed: boolean): void;
  noteDelivery(kind: string, outcome: string): void;
  /** What each scrape looks at. */
  observe(observed: Observed): void;
  /** All of it as Prometheus reads it. */
  render(): Promise<{ type: string; text: string }>;
}

/** A sample serves every scrape within this time: however many ask, the database is asked no oftener. */
const sampleMilliseconds = 10_000;

/** Measures of one instance. */
export function createMetrics(): Metrics {
  const measures = defineMetrics();
  let observed: Observed | undefined;
  let last: { at: number; done: Promise<void> } | undefined;

  async function sampleOnce(): Promise<void> {
    if (!observed) return;
    if (!last || performance.now() - last.at > sampleMilliseconds) {
      last = { at: performance.now(), done: showSample(measures, observed) };
    }
    await last.done;
  }

  return {
    middleware: measureRequests(measures),
    noteNews: (news) => noteNews(measures, news),
    noteRun(job, seconds, failed) {
      measures.jobSeconds.labels(job).observe(seconds);
      if (failed) measures.jobFailures.labels(job).inc();
    },
    noteDelivery: (kind, outcome) => measures.deliveries.labels(kind, outcome).inc(),
    observe(what) {
      observed = what;
    },
    async render() {
      await sampleOnce();
      if (observed) {
        const { total, idle, waiting } = observed.pool();
        measures.pool.labels('busy').set(total - idle);
        measures.pool.labels('idle').set(idle);
        measures.pool.labels('waiting').set(waiting);
      }
      return { type: measures.registry.contentType, text: await measures.registry.metrics() };
    },
  };
}

/** While the database does not answer, what it would be asked is left out, and everything else is told. */
async function showSample(measures: Measures, { sample }: Observed): Promise<void> {
  const { databaseUp, liveSessions, outbox, outboxAge, outboxDead, signingKeys, signingKeyAge } = measures;
  const { controlFindings, controlAge } = measures;
  for (const gauge of [liveSessions, signingKeys, signingKeyAge, controlFindings]) gauge.reset();
  const found = await sample().catch(() => undefined);
  databaseUp.set(found ? 1 : 0);
  for (const gauge of [outbox, outboxAge, outboxDead, controlAge]) gauge.remove();
  if (!found) return;
  for (const [policy, count] of found.liveSessions) liveSessions.labels(policy).set(count);
  for (const { purpose, algorithm, state, activatedAt } of found.signingKeys.keys) {
    signingKeys.labels(purpose, algorithm, state).inc();
    if (state === 'current' && activatedAt !== null)
      signingKeyAge.labels(purpose, algorithm).set((found.signingKeys.now - activatedAt) / 1e6);
  }
  const { findings, ageSeconds } = found.controls;
  for (const kind of Object.keys(findingKinds)) controlFindings.labels(kind).set(0);
  for (const { kind, count } of findings) controlFindings.labels(kind).set(count);
  if (ageSeconds !== null) controlAge.set(ageSeconds);
  outbox.set(found.outbox.waiting);
  outboxAge.set(found.outbox.oldestSeconds);
  outboxDead.set(found.outbox.undeliverable);
}
