import type { Environment } from '../../config/environment.ts';
import { createSecretsAtRest } from '../../credentials/secrets_at_rest.ts';
import { reportCompliance } from '../../reports/report_compliance.ts';
import { measureSealing } from '../../store/audit_seals.ts';
import { loadConfiguration, readAppliedFile } from '../../store/configuration.ts';
import { sqlState } from '../../store/database.ts';
import type { Database } from '../../store/database.ts';
import { readRoleFacts } from '../../store/role_facts.ts';
import { findMissingMigrations, findUnknownMigrations, measureClockSkew } from '../../store/schema_state.ts';
import { listSigningKeyTimes } from '../../store/signing_keys.ts';
import { measureDelivery } from '../../store/undelivered_notices.ts';
import { findSecrets } from '../find_secrets.ts';
import { fixedFacts } from '../fixed_facts.ts';
import type { IssuerAnswer } from './ask_issuer.ts';
import { checkAudit } from './check_audit.ts';
import { checkBaselines } from './check_baselines.ts';
import { checkClock } from './check_clock.ts';
import { checkConfigurationFile } from './check_configuration_file.ts';
import type { FileFacts } from './check_configuration_file.ts';
import { checkDatabase } from './check_database.ts';
import { checkMigrations } from './check_migrations.ts';
import { checkOutbox } from './check_outbox.ts';
import { checkSecrets } from './check_secrets.ts';
import { checkSigningKeys } from './check_signing_keys.ts';
import { examineSecrets } from './examine_secrets.ts';

import { findingsOf } from './finding.ts';
import type { Area, Finding } from './finding.ts';

export interface Beside {
  /** The file of `CURFEW_CONFIG`; undefined: none is named. */
  file: FileFacts | undefined;
  /** What answered as the issuer; undefined: it is not known. */
  answer: IssuerAnswer | undefined;
  /** No server is meant to run now. */
  isIdle: boolean;
}

/** All that the database tells. Without a current schema, only that. */
export async function examineDatabase(
  database: Database,
  environment: Environment,
  { file, answer, isIdle }: Beside,
): Promise<Finding[]> {
  const isDevelopment = environment.issuer?.startsWith('http:') ?? false;
  const role = checkDatabase(await readRoleFacts(database), { isDevelopment });
  const missing = await findMissingMigrations(database);
  if (missing.length > 0) {
    const findings = [...role, ...checkMigrations({ missing, unknown: [] })];
    return file ? [...checkConfigurationFile(file, undefined), ...findings] : findings;
  }
  const heard = answer && 'status' in answer ? answer : undefined;
  const looks: [Area, () => Promise<Finding[]>][] = [
    ['migrations', async () => checkMigrations({ missing, unknown: await findUnknownMigrations(database) })],
    [
      'configuration',
      async () => (file ? checkConfigurationFile(file, await readAppliedFile(database)) : []),
    ],
    [
      'clock',
      async () => {
        const machine = await measureClockSkew(database);
        const server = heard?.clockAhead === undefined ? undefined : machine - heard.clockAhead;
        return checkClock({ machine, server });
      },
    ],
    [
      'keys',
      async () => {
        const configuration = await loadConfiguration(database);
        const found = await listSigningKeyTimes(database);
        return checkSigningKeys({ ...found, configuration, published: heard?.keyIds });
      },
    ],
    [
      'secrets',
      async () => {
        const secrets = await findSecrets(environment);
        return checkSecrets(secrets && (await examineSecrets(database, createSecretsAtRest(secrets))));
      },
    ],
    ['outbox', async () => checkOutbox(await measureDelivery(database), { isIdle })],
    ['audit', async () => checkAudit(await measureSealing(database), { isIdle })],
    ['baselines', async () => checkBaselines(await reportCompliance(database, fixedFacts(environment)))],
  ];
  const findings = [...role];
  for (const [area, look] of looks) findings.push(...(await attempt(area, look)));
  return findings;
}

/** What a role may not read, or an altered schema has not, is a finding too; an outage ends the whole. */
async function attempt(area: Area, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!sqlState(error)?.startsWith('42')) throw error;
    const message = `It cannot be looked at: ${(error as Error).message}.`;
    return [
      findingsOf(area).wrong(
        message,
        'See whether the role is a member of curfew_server, and the schema unaltered.',
      ),
    ];
  }
}
