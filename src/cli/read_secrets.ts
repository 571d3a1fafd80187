import path from 'node:path';
import type { Environment } from '../config/environment.ts';
import { Problem } from '../domain/problems.ts';

/**
 * The secrets of the server whose database a command works on, newest first. Throws Problem `secret_missing`, which
 * ends with `why`, and names the file that `curfew dev` keeps its own in.
 */
export async function readSecrets(environment: Environment, why: string): Promise<readonly Buffer[]> {
  if (environment.secrets) return environment.secrets;
  if (environment.databaseUrl) {
    const kept = `CURFEW_SECRET_FILE=${path.join(environment.dataDirectory, 'secret')}`;
    throw new Problem('secret_missing', `CURFEW_SECRET is missing: ${why}: ${kept}`);
  }
  const { readEmbeddedSecret } = await import('./embedded_database.ts');
  return [readEmbeddedSecret(environment)];
}
