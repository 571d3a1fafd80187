import { readEnvironment } from '../../config/environment.ts';
import type { Environment } from '../../config/environment.ts';
import { isLoopbackHost } from '../../config/issuer.ts';
import type { Command } from '../../config/reading.ts';
import { Problem } from '../../domain/problems.ts';
import { checkEnvironment } from './check_environment.ts';
import type { Finding } from './finding.ts';

/** The environment as any command takes it, undefined where none would; and whether `curfew serve` would, too. */
export function examineEnvironment(env: NodeJS.ProcessEnv): {
  environment: Environment | undefined;
  findings: Finding[];
} {
  const read = attempt(env, 'tool');
  if ('faults' in read) return { environment: undefined, findings: checkEnvironment(read.faults, undefined) };
  const { environment } = read;
  const isServed = environment.databaseUrl !== undefined && !isLocal(environment.issuer);
  const served = isServed ? attempt(env, 'serve') : undefined;
  const serveFaults = served && 'faults' in served ? served.faults : undefined;
  return { environment, findings: checkEnvironment([], serveFaults) };
}

/** Only `curfew dev` takes such an issuer. */
function isLocal(issuer: string | undefined): boolean {
  return issuer !== undefined && issuer.startsWith('http:') && isLoopbackHost(new URL(issuer).hostname);
}

function attempt(
  env: NodeJS.ProcessEnv,
  command: Command,
): { environment: Environment } | { faults: string[] } {
  try {
    return { environment: readEnvironment(env, command) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { faults: error.message.split('\n') };
  }
}
