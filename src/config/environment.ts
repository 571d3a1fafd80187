import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../domain/problems.ts';
import { environmentFields, environmentVariables } from './environment_variables.ts';
import type { EnvironmentValues, EnvironmentVariable } from './environment_variables.ts';
import type { Command, Reading } from './reading.ts';

type Defaulted =
  | 'host'
  | 'port'
  | 'metricsHost'
  | 'databasePool'
  | 'databasePrepared'
  | 'dataDirectory'
  | 'logLevel';
type RequiredByServe = 'issuer' | 'databaseUrl' | 'secrets';

/** What the environment says, with defaults; paths are absolute. Without an issuer, `dev` makes one of the port. */
export type Environment = Readonly<Pick<EnvironmentValues, Defaulted> & Partial<EnvironmentValues>>;
/** Under `serve` these are always given. */
export type ServeEnvironment = Readonly<Environment & Pick<EnvironmentValues, RequiredByServe>>;

/**
 * Read and check every `CURFEW_…` variable, and the files that `CURFEW_…_FILE` name. An empty variable
 * counts as absent. Throws one Problem `environment_invalid` with a line for each fault; no line
 * repeats a value, since any of them may be a secret.
 */
export function readEnvironment(env: NodeJS.ProcessEnv, command: 'serve'): ServeEnvironment;
export function readEnvironment(env: NodeJS.ProcessEnv, command: Command): Environment;
export function readEnvironment(env: NodeJS.ProcessEnv, command: Command): Environment {
  const faults = listUnknownNames(env).map((name) => `${name}: is not a variable that Curfew knows`);
  const values: Partial<EnvironmentValues> = {};
  for (const field of environmentFields) {
    const variable: EnvironmentVariable<unknown> = environmentVariables[field];
    const reading = readVariable(env, variable, command);
    if (reading && 'value' in reading) Object.assign(values, { [field]: reading.value });
    else if (reading) faults.push(reading.fault);
    else if (variable.requiredBy === command) faults.push(`${variable.name}: is missing`);
  }
  const environment: Environment = {
    host: command === 'serve' ? '0.0.0.0' : '127.0.0.1',
    port: 3000,
    metricsHost: '127.0.0.1',
    databasePool: 10,
    databasePrepared: true,
    dataDirectory: resolve('.curfew'),
    logLevel: 'info',
    ...values,
  };
  if (environment.metricsPort === environment.port) {
    faults.push('CURFEW_METRICS_PORT: must differ from the port of the server');
  }
  if (isGiven(env, 'CURFEW_SMTP_URL') !== isGiven(env, 'CURFEW_MAIL_FROM')) {
    faults.push('CURFEW_SMTP_URL: goes with CURFEW_MAIL_FROM; give both or neither');
  }
  if (faults.length > 0) throw new Problem('environment_invalid', faults.join('\n'));
  return Object.freeze(environment);
}

const isGiven = (env: NodeJS.ProcessEnv, name: string): boolean => Boolean(env[name] || env[`${name}_FILE`]);

function listUnknownNames(env: NodeJS.ProcessEnv): string[] {
  const names = environmentFields.map((field) => environmentVariables[field].name);
  const known = new Set(names.flatMap((name) => [name, `${name}_FILE`]));
  return Object.keys(env).filter((name) => name.startsWith('CURFEW_') && !known.has(name));
}

/** Undefined where nothing is given; a fault begins with the name of the variable at fault. */
function readVariable(
  env: NodeJS.ProcessEnv,
  { name, fallback, read }: EnvironmentVariable<unknown>,
  command: Command,
): Reading<unknown> | undefined {
  const fileName = `${name}_FILE`;
  if (env[name] && env[fileName]) return { fault: `${name}: is given twice, as ${fileName} too` };
  const source = [name, fileName, ...(fallback ? [fallback] : [])].find((key) => env[key]);
  const given = source && env[source];
  if (!source || !given) return undefined;
  const text = source === fileName ? readSecretFile(given) : { value: given };
  const reading = 'fault' in text ? text : readText(text.value, read, command);
  return 'fault' in reading ? { fault: `${source}: ${reading.fault}` } : reading;
}

function readText(
  text: string,
  read: EnvironmentVariable<unknown>['read'],
  command: Command,
): Reading<unknown> {
  // URLs are parsed leniently: a line break inside one would vanish.
  return /\p{Cc}/u.test(text)
    ? { fault: 'must be one line without control characters' }
    : read(text, command);
}

/** The file's text without the one line break at its end. Its path is not repeated: it may be a secret by mistake. */
function readSecretFile(path: string): Reading<string> {
  try {
    const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return value ? { value } : { fault: 'names an empty file' };
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    return { fault: `names a file that cannot be read (${reason})` };
  }
}
