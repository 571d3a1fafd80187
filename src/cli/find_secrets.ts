import type { Environment } from '../config/environment.ts';

/** Those that are given, else the one that `curfew dev` keeps; undefined: neither. None is made. */
export async function findSecrets(environment: Environment): Promise<readonly Buffer[] | undefined> {
  if (environment.secrets) return environment.secrets;
  if (environment.databaseUrl !== undefined) return undefined;
  const { findEmbeddedSecret } = await import('./embedded_database.ts');
  const secret = findEmbeddedSecret(environment);
  return secret && [secret];
}
