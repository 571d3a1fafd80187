import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import type { ClientDefinition } from '../domain/configuration.ts';
import { Problem } from '../domain/problems.ts';
import { alignColumns } from '../reports/align_columns.ts';
import { loadConfiguration } from '../store/configuration.ts';
import { countClientFamilies } from '../store/live_access.ts';
import { withDatabase } from './open_database.ts';

const mostListed = 1000;

export function addClientListings(client: Command): void {
  client
    .command('list')
    .description(`the first ${mostListed} clients by their ids`)
    .option('--after <client-id>', 'those that come after this one')
    .option('--json', 'as one JSON document')
    .action(async ({ after = '', json }: { after?: string; json?: true }) => {
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        const { clients } = await loadConfiguration(database);
        const found = [...clients.values()]
          .filter(({ clientId }) => clientId > after)
          .toSorted((a, b) => (a.clientId < b.clientId ? -1 : 1))
          .slice(0, mostListed)
          .map(describeClient);
        const lines = alignColumns(found.map(cells))
          .map((one) => `${one}\n`)
          .join('');
        process.stdout.write(json ? `${JSON.stringify(found)}\n` : lines);
      });
    });
  client
    .command('show <client-id>')
    .description('one client: what is configured of it, and what it has')
    .option('--json', 'as one JSON document')
    .action(async (clientId: string, { json }: { json?: true }) => {
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        const found = (await loadConfiguration(database)).clients.get(clientId);
        if (!found) throw new Problem('client_unknown', `There is no client ${clientId}.`);
        const { families } = await countClientFamilies(database, clientId);
        const shown = { ...describeClient(found), families };
        process.stdout.write(json ? `${JSON.stringify(shown)}\n` : describe(shown));
      });
    });
}

/** A client as it is told; of its secrets only that there are some. Instants as ISO 8601. */
interface ToldClient {
  clientId: string;
  disabled: boolean;
  metadata: Readonly<Record<string, unknown>>;
  policy: string | null;
  trusted: boolean;
  refreshRotation: boolean;
  webOrigins: readonly string[];
  hasSecret: boolean;
  /** Until when secrets that it had before are good. */
  formerSecretsEndAt: string[];
}

function describeClient(client: ClientDefinition): ToldClient {
  const { clientId, disabled, metadata, policy, trusted, refreshRotation, webOrigins } = client;
  const ends = (client.formerSecrets ?? []).map(({ endsAt }) => new Date(endsAt / 1000).toISOString());
  return {
    clientId,
    disabled,
    metadata,
    policy: policy ?? null,
    trusted,
    refreshRotation,
    webOrigins,
    hasSecret: client.secretHash !== undefined,
    formerSecretsEndAt: ends,
  };
}

const state = ({ disabled }: ToldClient): string => (disabled ? 'disabled' : 'enabled');

function cells(client: ToldClient): string[] {
  const { clientId, metadata, policy } = client;
  return [
    clientId,
    state(client),
    say(metadata.grant_types),
    say(metadata.token_endpoint_auth_method),
    policy === null ? 'no policy of its own' : `policy ${policy}`,
    say(metadata.client_name),
  ];
}

function describe(client: ToldClient & { families: number }): string {
  const { clientId, metadata, policy, trusted, refreshRotation, webOrigins, hasSecret, families } = client;
  const facts: [what: string, value: unknown][] = [
    ['client', clientId],
    ['state', state(client)],
    ...Object.entries(metadata),
    ['secret', hasSecret ? 'kept as a hash' : 'none'],
    ...client.formerSecretsEndAt.map((end): [string, string] => ['secret before it', `good until ${end}`]),
    ['policy', policy ?? 'none of its own'],
    ['trusted', trusted],
    ['refresh_rotation', refreshRotation],
    ['web_origins', webOrigins],
    ['open families', families],
  ];
  return facts.map(([what, value]) => `${what}: ${say(value)}\n`).join('');
}

function say(value: unknown): string {
  if (value === undefined) return '-';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(say).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
