import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const fast = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const late = [0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 3600];

/** Every metric, in a registry of its own; Prometheus adds up counters of several instances. */
export function defineMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requests: new Counter({
      name: 'curfew_http_requests_total',
      help: 'Requests, by route, method and class of status.',
      labelNames: ['route', 'method', 'status'] as const,
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'curfew_http_request_seconds',
      help: 'Seconds until a request was answered.',
      labelNames: ['route'] as const,
      buckets: fast,
      registers,
    }),
    grants: new Counter({
      name: 'curfew_grants_total',
      help: 'Token requests that were granted.',
      labelNames: ['grant_type'] as const,
      registers,
    }),
    refusals: new Counter({
      name: 'curfew_refusals_total',
      help: 'Token requests that were refused, by the code of the refusal or the error of OAuth.',
      labelNames: ['grant_type', 'reason'] as const,
      registers,
    }),
    signIns: new Counter({
      name: 'curfew_sign_ins_total',
      help: 'Sign-ins on the sign-in page.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    secondFactors: new Counter({
      name: 'curfew_second_factors_total',
      help: 'Second factors that were asked for, at sign-ins and step-ups, and what came.',
      labelNames: ['method', 'outcome'] as const,
      registers,
    }),
    sessionsStarted: new Counter({
      name: 'curfew_sessions_started_total',
      help: 'Browser sessions that began.',
      registers,
    }),
    ends: new Counter({
      name: 'curfew_ends_total',
      help: 'Ends of sessions and of refresh-token families, by reason.',
      labelNames: ['of', 'reason'] as const,
      registers,
    }),
    foundLate: new Histogram({
      name: 'curfew_end_found_late_seconds',
      help: 'Seconds from the moment a limit passed until its end was stored.',
      labelNames: ['of'] as const,
      buckets: late,
      registers,
    }),
    deliveries: new Counter({
      name: 'curfew_deliveries_total',
      help: 'Tries to deliver a notice.',
      labelNames: ['kind', 'outcome'] as const,
      registers,
    }),
    jobSeconds: new Histogram({
      name: 'curfew_job_seconds',
      help: 'Seconds that a run of a recurring job took.',
      labelNames: ['job'] as const,
      buckets: fast,
      registers,
    }),
    jobFailures: new Counter({
      name: 'curfew_job_failures_total',
      help: 'Runs of recurring jobs that failed.',
      labelNames: ['job'] as const,
      registers,
    }),
    pool: new Gauge({
      name: 'curfew_database_connections',
      help: 'Connections of the pool that are busy or idle, and requests that wait for one.',
      labelNames: ['state'] as const,
      registers,
    }),
    databaseUp: new Gauge({
      name: 'curfew_database_up',
      help: '1 while the database answers to what is asked for these metrics.',
      registers,
    }),
    liveSessions: new Gauge({
      name: 'curfew_live_sessions',
      help: 'Sessions that have not ended, by the policy that sets their idle limit; of all instances. Estimated where there are many.',
      labelNames: ['policy'] as const,
      registers,
    }),
    outbox: new Gauge({
      name: 'curfew_outbox_notices',
      help: 'Notices that wait to be delivered, of all instances; counted to 10000.',
      registers,
    }),
    outboxAge: new Gauge({
      name: 'curfew_outbox_oldest_seconds',
      help: 'Age of the notice that has waited longest.',
      registers,
    }),
    signingKeyAge: new Gauge({
      name: 'curfew_signing_key_age_seconds',
      help: 'Seconds since the key that signs now began to.',
      labelNames: ['purpose', 'algorithm'] as const,
      registers,
    }),
    signingKeys: new Gauge({
      name: 'curfew_signing_keys',
      help: 'Published signing keys: the next, the current and previous ones.',
      labelNames: ['purpose', 'algorithm', 'state'] as const,
      registers,
    }),
    controlFindings: new Gauge({
      name: 'curfew_control_findings',
      help: 'What the detective control found and still stands, by kind; all of them counted to 10000. Above 0, something lives past its limit.',
      labelNames: ['kind'] as const,
      registers,
    }),
    controlAge: new Gauge({
      name: 'curfew_control_age_seconds',
      help: 'Seconds since any instance last finished a run of the detective control; absent until the first.',
      registers,
    }),
    outboxDead: new Gauge({
      name: 'curfew_outbox_undeliverable',
      help: 'Notices that are tried no more; counted to 10000.',
      registers,
    }),
  };
}
export type Measures = ReturnType<typeof defineMetrics>;
