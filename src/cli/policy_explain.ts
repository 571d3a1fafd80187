import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { renderAccessText } from '../reports/describe_access.ts';
import { explainAccess } from '../reports/explain_access.ts';
import { loadConfiguration } from '../store/configuration.ts';
import { withDatabase } from './open_database.ts';

interface ExplainOptions {
  user?: string;
  client?: string;
  scope: string[];
  resource: string[];
  json?: true;
}

export function addPolicyExplainCommand(policy: Command): void {
  policy
    .command('explain')
    .description(
      'which limits hold for somebody at a client, where each comes from, and what else would have set it',
    )
    .option('--user <username>', 'whose access; without it the client acts for itself')
    .option('--client <client-id>', 'through which client')
    .option('--scope <scopes>', 'with these scopes; may be said again', collect(/\s+/), [])
    .option(
      '--resource <identifier>',
      'at this resource; without it, where the scopes belong; may be said again',
      collect(),
      [],
    )
    .option('--json', 'print one JSON document')
    .action(async ({ user, client, scope, resource, json }: ExplainOptions, command: Command) => {
      if (user === undefined && client === undefined) command.error('error: say --user or --client');
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        const question = { username: user, clientId: client, scopes: scope, resources: resource };
        const found = await explainAccess(database, await loadConfiguration(database), question);
        process.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : renderAccessText(found));
      });
    });
}

/** An option that may be said several times; a value may be a list itself. */
const collect =
  (separator?: RegExp) =>
  (text: string, before: readonly string[]): string[] => [
    ...before,
    ...(separator ? text.split(separator) : [text]).filter(Boolean),
  ];
