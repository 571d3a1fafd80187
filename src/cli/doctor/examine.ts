import type { Environment } from '../../config/environment.ts';
import { isOutage, sqlState } from '../../store/database.ts';
import { openPool } from '../open_pool.ts';
import type { OpenDatabase } from '../open_pool.ts';
import { askIssuer } from './ask_issuer.ts';
import { checkConfigurationFile } from './check_configuration_file.ts';
import { checkIssuer } from './check_issuer.ts';
import { examineDatabase } from './examine_database.ts';
import { examineEnvironment } from './examine_environment.ts';
import { examineFile } from './examine_file.ts';
import { findingsOf } from './finding.ts';
import type { Area, Finding } from './finding.ts';

const order: readonly Area[] = [
  'configuration',
  'database',
  'migrations',
  'clock',
  'issuer',
  'keys',
  'secrets',
  'outbox',
  'audit',
  'baselines',
];

const { warning, wrong } = findingsOf('database');

/** Look at everything that can be looked at, in the order in which it is told; nothing is changed. */
export async function examine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { environment, findings } = examineEnvironment(env);
  if (!environment) return findings;
  const found = [...findings, ...(await examineAll(environment))];
  return found.toSorted((one, other) => order.indexOf(one.area) - order.indexOf(other.area));
}

async function examineAll(environment: Environment): Promise<Finding[]> {
  const { configPath } = environment;
  const file = configPath === undefined ? undefined : examineFile(configPath);
  const issuer = findIssuer(environment);
  const answer = issuer === undefined ? undefined : await askIssuer(issuer);
  const isIdle = environment.databaseUrl === undefined && answer !== undefined && 'unreachable' in answer;
  const without = [...(file ? checkConfigurationFile(file, undefined) : []), ...checkIssuer(issuer, answer)];
  try {
    const opened = await openExisting(environment);
    if (!opened) {
      const message = `There is none yet in ${environment.dataDirectory}.`;
      return [...without, warning(message, 'npm start makes it; or set CURFEW_DATABASE_URL.')];
    }
    try {
      const found = await examineDatabase(opened.database, environment, { file, answer, isIdle });
      return [...checkIssuer(issuer, answer), ...found];
    } finally {
      await opened.close();
    }
  } catch (error) {
    const message = describeFailure(error);
    if (message === undefined) throw error;
    return [...without, wrong(message, 'See whether it runs, and CURFEW_DATABASE_URL.')];
  }
}

function findIssuer({ issuer, databaseUrl, port }: Environment): string | undefined {
  return issuer ?? (databaseUrl === undefined ? `http://localhost:${port}` : undefined);
}

/** undefined: the embedded one was never made. */
async function openExisting(environment: Environment): Promise<OpenDatabase | undefined> {
  const { databaseUrl } = environment;
  if (databaseUrl === undefined) {
    const { openExistingDatabase } = await import('../embedded_database.ts');
    return await openExistingDatabase(environment);
  }
  const database = openPool(environment, databaseUrl);
  return { database, ownerUrl: databaseUrl, close: () => database.end() };
}

/** undefined: it is a fault of ours. */
function describeFailure(error: unknown): string | undefined {
  const { name, message } = error as Error;
  if (name === 'EmbeddedPostgresProblem') return message;
  return isOutage(error) || sqlState(error) !== undefined ? `It does not answer: ${message}.` : undefined;
}
