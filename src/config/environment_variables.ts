import {
  readDatabaseUrl,
  readDurationBetween,
  readHost,
  readLogLevel,
  readPath,
  readPort,
  readMailFrom,
  readSecrets,
  readSmtpUrl,
  readSwitch,
  readTrustProxy,
  readWholeNumber,
} from './environment_readers.ts';
import type { LogLevel } from './environment_readers.ts';
import { readIssuer } from './issuer.ts';
import type { Command, Reading } from './reading.ts';

/** What the environment can say, by the names of the program. */
export interface EnvironmentValues {
  issuer: string;
  host: string;
  port: number;
  databaseUrl: string;
  migrateDatabaseUrl: string;
  databasePool: number;
  databasePrepared: boolean;
  dataDirectory: string;
  /** At least 32 bytes each; the first seals, all open. */
  secrets: readonly Buffer[];
  configPath: string;
  /** A number of proxies, or the addresses and ranges they have. */
  trustProxy: number | readonly string[];
  logLevel: LogLevel;
  metricsPort: number;
  metricsHost: string;
  smtpUrl: string;
  mailFrom: string;
  /** In seconds. */
  controlPeriod: number;
  totpPastSteps: number;
}

export interface EnvironmentVariable<Value> {
  name: string;
  /** Another variable that says the same where `name` is not given. */
  fallback?: string;
  read: (text: string, command: Command) => Reading<Value>;
  requiredBy?: Command;
  /** What holds where it is not given, in words. */
  default: string;
  meaning: string;
}

export const environmentVariables: {
  [Field in keyof EnvironmentValues]: EnvironmentVariable<EnvironmentValues[Field]>;
} = {
  issuer: {
    name: 'CURFEW_ISSUER',
    read: readIssuer,
    requiredBy: 'serve',
    default: '`http://localhost:<port>` under `dev`',
    meaning: 'The address people and apps know the server by: an https origin, under `dev` a loopback one.',
  },
  host: {
    name: 'CURFEW_HOST',
    read: readHost,
    default: '`127.0.0.1`, under `serve` `0.0.0.0`',
    meaning: 'The address to listen on; `dev` listens on loopback only.',
  },
  port: {
    name: 'CURFEW_PORT',
    fallback: 'PORT',
    read: readPort,
    default: '`PORT`, else `3000`',
    meaning: 'The port to listen on.',
  },
  databaseUrl: {
    name: 'CURFEW_DATABASE_URL',
    read: readDatabaseUrl,
    requiredBy: 'serve',
    default: 'embedded under `dev`',
    meaning: 'PostgreSQL, as a role that owns no tables.',
  },
  migrateDatabaseUrl: {
    name: 'CURFEW_MIGRATE_DATABASE_URL',
    read: readDatabaseUrl,
    default: '–',
    meaning: 'PostgreSQL as the owner of the tables, directly and not through a pooler.',
  },
  databasePool: {
    name: 'CURFEW_DATABASE_POOL',
    read: readWholeNumber(1, 200),
    default: '`10`',
    meaning: 'The most connections to the database at once, 1 to 200.',
  },
  databasePrepared: {
    name: 'CURFEW_DATABASE_PREPARED',
    read: readSwitch,
    default: '`on`',
    meaning: 'Prepared statements; `off` behind a PgBouncer older than 1.21.',
  },
  dataDirectory: {
    name: 'CURFEW_DATA_DIR',
    read: readPath,
    default: '`.curfew`',
    meaning: 'Where `dev` keeps the embedded database, its secret and the demo passwords.',
  },
  secrets: {
    name: 'CURFEW_SECRET',
    read: readSecrets,
    requiredBy: 'serve',
    default: 'made once and kept under `dev`',
    meaning:
      'At least 32 random bytes, base64. Encrypts secrets at rest and signs cookies. ' +
      'Several, separated by commas, newest first, while one replaces another.',
  },
  configPath: {
    name: 'CURFEW_CONFIG',
    read: readPath,
    default: 'the demo configuration under `dev`',
    meaning: 'A configuration file that is applied at start.',
  },
  trustProxy: {
    name: 'CURFEW_TRUST_PROXY',
    read: readTrustProxy,
    default: 'no proxy',
    meaning: 'How many proxies stand in front, or which addresses and ranges they have.',
  },
  logLevel: {
    name: 'CURFEW_LOG_LEVEL',
    read: readLogLevel,
    default: '`info`',
    meaning: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.',
  },
  metricsPort: {
    name: 'CURFEW_METRICS_PORT',
    read: readPort,
    default: 'none',
    meaning: 'The port for `/metrics`, for Prometheus; without it nothing is measured.',
  },
  metricsHost: {
    name: 'CURFEW_METRICS_HOST',
    read: readHost,
    default: '`127.0.0.1`',
    meaning: 'The address that `/metrics` is answered on, to whoever reaches it.',
  },
  smtpUrl: {
    name: 'CURFEW_SMTP_URL',
    read: readSmtpUrl,
    default: 'no mail is sent',
    meaning:
      'The mail server, `smtps://user:password@host` or `smtp://host:587`; goes with `CURFEW_MAIL_FROM`.',
  },
  mailFrom: {
    name: 'CURFEW_MAIL_FROM',
    read: readMailFrom,
    default: 'no mail is sent',
    meaning: 'The sender of mails, `login@example.com` or `Example <login@example.com>`.',
  },
  controlPeriod: {
    name: 'CURFEW_CONTROL_PERIOD',
    read: readDurationBetween('1s', '1d'),
    default: '`5m`',
    meaning: 'How often the detective control looks for what lives past its limit, `1s` to `1d`.',
  },
  totpPastSteps: {
    name: 'CURFEW_TOTP_PAST_STEPS',
    read: readWholeNumber(0, 1),
    default: '`1`',
    meaning:
      'In how many time steps of 30 seconds after its own a code of an authenticator app is taken too: `1`, or `0` as ' +
      'OWASP ASVS asks. The same for all instances; the compliance report tells of it.',
  },
};

export const environmentFields = Object.keys(environmentVariables) as (keyof EnvironmentValues)[];
