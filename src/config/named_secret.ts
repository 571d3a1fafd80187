import { joinPath } from './faults.ts';
import type { Fault } from './faults.ts';
import { variableSchema } from './schema/names.ts';

/** What is wrong with a secret, in words that follow the name of its variable; never the secret itself. */
export type SecretCheck = (secret: string) => string | undefined;

/**
 * The secrets that an entry names by environment variable, by the key that names them. Works on the entry
 * as it is, so that a fault elsewhere in it hides no variable that is not set. Without `env`, none may be named.
 */
export function readNamedSecrets(
  raw: Record<string, unknown>,
  checks: Readonly<Record<string, SecretCheck>>,
  path: string,
  { env, faults }: { env: NodeJS.ProcessEnv | undefined; faults: Fault[] },
): Map<string, string> {
  const secrets = new Map<string, string>();
  for (const [key, check] of Object.entries(checks)) {
    const variable = variableSchema.safeParse(raw[key]);
    if (!variable.success) continue;
    if (!env) {
      faults.push({
        path: joinPath(path, key),
        message: 'names an environment variable, and a server reads none for others: leave it out',
      });
      continue;
    }
    const secret = env[variable.data];
    const fault = secret ? check(secret) : 'is not set';
    if (fault) {
      faults.push({
        path: joinPath(path, key),
        message: `the environment variable ${variable.data} ${fault}`,
      });
    } else if (secret) secrets.set(key, secret);
  }
  return secrets;
}
