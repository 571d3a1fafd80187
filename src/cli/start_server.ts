import pino from 'pino';
import type { DestinationStream } from 'pino';
import { buildApp } from '../app.ts';
import type { App } from '../app.ts';
import { createMetrics } from '../http/metrics/create_metrics.ts';
import { listenForScrapes } from '../http/metrics/listen_for_scrapes.ts';
import type { Environment } from '../config/environment.ts';
import { Problem } from '../domain/problems.ts';
import type { Metrics } from '../http/metrics/create_metrics.ts';
import type { Database } from '../store/database.ts';
import { mailSettings } from './mail_settings.ts';

export interface ServerOptions {
  environment: Environment;
  issuer: string;
  secrets: readonly Buffer[];
  database: Database;
  logTo: DestinationStream;
  logLevel: string;
  /** Development: notices may be sent to receivers on this machine. */
  allowsLoopbackReceivers?: boolean;
}

/** Build the server and let it answer; resolves when it does. */
export async function startServer(options: ServerOptions): Promise<App> {
  const { environment, issuer, secrets, database } = options;
  const log = pino({ level: options.logLevel, base: null }, options.logTo);
  const metrics = environment.metricsPort === undefined ? undefined : createMetrics();
  const app = await buildApp({
    issuer,
    database,
    secrets,
    trustedProxies: environment.trustProxy,
    log,
    mail: mailSettings(environment),
    allowsLoopbackReceivers: options.allowsLoopbackReceivers ?? false,
    metrics,
    controlPeriod: environment.controlPeriod,
    totpPastSteps: environment.totpPastSteps,
  });
  const scrapes = metrics && (await listenForMetrics(metrics, environment));
  try {
    await app.listen(environment.port, environment.host);
  } catch (error) {
    await scrapes?.close();
    await app.close(0);
    throw error;
  }
  return {
    listen: app.listen,
    async close(graceMilliseconds) {
      await app.close(graceMilliseconds);
      await scrapes?.close();
    },
  };
}

async function listenForMetrics(metrics: Metrics, { metricsPort = 0, metricsHost }: Environment) {
  try {
    return await listenForScrapes(metrics, metricsPort, metricsHost);
  } catch (cause) {
    const message = `CURFEW_METRICS_PORT: port ${metricsPort} cannot be listened on: ${(cause as Error).message}`;
    throw new Problem('environment_invalid', message, { cause });
  }
}
