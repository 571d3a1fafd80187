import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { buildApp } from '../../src/app.ts';
import type { App } from '../../src/app.ts';
import type { Metrics } from '../../src/http/metrics/create_metrics.ts';
import type { MailSettings } from '../../src/delivery/open_mail_transport.ts';
import type { DesiredConfiguration } from '../../src/domain/configuration.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import type { AppliedConfiguration } from '../../src/operations/apply_configuration.ts';
import { openSigningKey } from '../../src/credentials/signing_keys.ts';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { ensureSigningKeys } from '../../src/operations/ensure_signing_keys.ts';
import type { Database } from '../../src/store/database.ts';
import { insertSigningKey, loadSigningKeys } from '../../src/store/signing_keys.ts';
import type { NewSigningKey } from '../../src/store/signing_keys.ts';
import { createMovableClock } from './clock.ts';
import type { MovableClock } from './clock.ts';
import { createTestDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { noteSecret } from './issued_secrets.ts';
import { findFreePort } from './ports.ts';

export interface TestServer {
  issuer: string;
  database: Database;
  test: TestDatabase;
  clock: MovableClock;
  /** Every line that the server logged, parsed. */
  logged: Record<string, unknown>[];
  apply(desired: DesiredConfiguration): Promise<AppliedConfiguration>;
  stop(): Promise<void>;
}

export const testSecret = randomBytes(32);

/** A whole server over a database of its own, its clock movable. Stop it in `after`. */
export async function startTestServer(
  desired: DesiredConfiguration,
  options: { mail?: MailSettings; metrics?: Metrics; controlPeriod?: number; totpPastSteps?: number } = {},
): Promise<TestServer> {
  const test = await createTestDatabase();
  const apply = (wanted: DesiredConfiguration) =>
    test.database.transaction((tx) => applyConfiguration(tx, wanted, { origin: { actor: 'test' } }));
  await apply(desired);
  await reuseSigningKeys(test.database);
  const port = await findFreePort();
  const issuer = `http://localhost:${port}`;
  const { app, logged } = await startInstance({ database: test.database, issuer, port, ...options });
  const clock = createMovableClock(test.database);
  return {
    issuer,
    database: test.database,
    test,
    clock,
    logged,
    apply,
    async stop() {
      await clock.reset();
      await app.close(1000);
      await test.drop();
    },
  };
}

let signingKeys: NewSigningKey[] | undefined;
/** What opens the rest, and the private parts of those keys. */
const serverSecrets = [testSecret.toString('base64url')];

/** RSA keys take long to make: the databases of one run share theirs, which one secret has sealed. */
async function reuseSigningKeys(database: Database): Promise<void> {
  if (signingKeys) {
    for (const key of signingKeys) await insertSigningKey(database, key);
  } else {
    const secrets = createSecretsAtRest([testSecret]);
    const { keys: times } = await ensureSigningKeys(database, secrets);
    const { keys } = await loadSigningKeys(database);
    serverSecrets.push(...keys.map((key) => String(openSigningKey(secrets, key).d)));
    signingKeys = keys.map((key) => ({
      ...key,
      isCurrent: times.some(({ keyId, state }) => keyId === key.keyId && state === 'current'),
      jwksMaxAge: 3600,
    }));
  }
  for (const secret of serverSecrets) noteSecret('key of the server', secret);
}

/** One instance over a database; several may share it. */
export async function startInstance(options: {
  database: Database;
  issuer: string;
  port: number;
  mail?: MailSettings;
  metrics?: Metrics;
  controlPeriod?: number;
  totpPastSteps?: number;
  secrets?: readonly Buffer[];
}): Promise<{ app: App; logged: Record<string, unknown>[] }> {
  const logged: Record<string, unknown>[] = [];
  if (process.env.TEST_LOG) logged.push = (...lines) => (console.log(JSON.stringify(lines)), lines.length);
  const log = pino({ level: 'info' }, { write: (line) => void logged.push(JSON.parse(line)) });
  const {
    database,
    issuer,
    port,
    mail,
    metrics,
    controlPeriod,
    totpPastSteps,
    secrets = [testSecret],
  } = options;
  const app = await buildApp({
    issuer,
    database,
    secrets,
    log,
    mail,
    metrics,
    controlPeriod,
    totpPastSteps,
    allowsLoopbackReceivers: true,
  });
  await app.listen(port, 'localhost');
  return { app, logged };
}
