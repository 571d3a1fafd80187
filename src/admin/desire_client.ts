import { randomBytes } from 'node:crypto';
import { formatFault } from '../config/faults.ts';
import type { Fault } from '../config/faults.ts';
import { checkReferences } from '../config/references.ts';
import { clients as section } from '../config/schema/clients.ts';
import type { Configuration, DesiredClient } from '../domain/configuration.ts';
import { Problem } from '../domain/problems.ts';

/** The environment variable in which a file would name the secret. */
const secretVariable = 'CLIENT_SECRET';

export interface WantedClient {
  client: DesiredClient;
  /** A new one of 256 random bits, told this once; absent: none was to be made. */
  secret?: string;
}

/**
 * Read an entry of `clients:` of the configuration file, with a new secret, the stored one, or none, and hold the policy
 * and scopes that it names against `configuration`. Throws Problem `configuration_invalid` with a line for each fault,
 * `key: what is wrong`.
 */
export function desireClient(
  configuration: Pick<Configuration, 'policies' | 'scopes'>,
  entry: Readonly<Record<string, unknown>>,
  secretIs: 'new' | 'stored' | 'none',
): WantedClient {
  const named = {
    new: { client_secret_env: secretVariable },
    stored: { client_secret_stored: true },
    none: {},
  }[secretIs];
  const secret = secretIs === 'new' ? randomBytes(32).toString('base64url') : undefined;
  const raw = [{ ...entry, ...named }];
  const faults: Fault[] = [];
  const [client] = section.read(raw, '', { env: { [secretVariable]: secret }, faults }).values();
  const { policies, scopes } = configuration;
  for (const { path, kind, name } of checkReferences({ clients: raw }).unresolved) {
    const isKnown = kind === 'policy' ? policies.has(name) : scopes.has(name);
    if (!isKnown) faults.push({ path: path.replace(/^clients/, ''), message: `there is no ${kind} ${name}` });
  }
  if (client && faults.length === 0) return { client, ...(secret === undefined ? {} : { secret }) };
  // All of them begin with the place of the entry in a list of one.
  const place = section.listEntries(raw, '')[0]?.path.length ?? 0;
  const lines = faults.map(({ path, message }) => formatFault({ path: path.slice(place + 1), message }));
  throw new Problem('configuration_invalid', lines.join('\n'));
}
