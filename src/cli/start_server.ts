import pino from 'pino';
import type { DestinationStream } from 'pino';
import { buildApp } from '../app.ts';
import type { App } from '../app.ts';
import type { Environment } from '../config/environment.ts';
import type { MailSettings } from '../delivery/send_mail.ts';
import type { Database } from '../store/database.ts';

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
  const app = await buildApp({
    issuer,
    database,
    secrets,
    trustedProxies: environment.trustProxy,
    log,
    mail: mailSettings(environment),
    allowsLoopbackReceivers: options.allowsLoopbackReceivers ?? false,
  });
  try {
    await app.listen(environment.port, environment.host);
  } catch (error) {
    await app.close(0);
    throw error;
  }
  return app;
}

function mailSettings({ smtpUrl, mailFrom }: Environment): MailSettings | undefined {
  return smtpUrl === undefined || mailFrom === undefined ? undefined : { smtpUrl, from: mailFrom };
}
