import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { clientKinds } from '../admin/client_kinds.ts';
import { desireKind } from '../admin/desire_kind.ts';
import { readEnvironment } from '../config/environment.ts';
import { parseDuration } from '../domain/durations.ts';
import type { Origin } from '../domain/origin.ts';
import { addClient } from '../operations/add_client.ts';
import { disableClient, enableClient } from '../operations/disable_client.ts';
import { removeClient } from '../operations/remove_client.ts';
import {
  longestSecretOverlap,
  rotateClientSecret,
  usualSecretOverlap,
} from '../operations/rotate_client_secret.ts';
import { loadConfiguration } from '../store/configuration.ts';
import { lockConfiguration } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';
import { addClientListings } from './client_listings.ts';
import { withDatabase } from './open_database.ts';
import { readClientWish } from './read_client_wish.ts';
import type { ClientOptions } from './read_client_wish.ts';

interface AddOptions extends ClientOptions {
  json?: true;
}

export function addClientCommands(program: Command): void {
  const client = program.command('client').description('apps, and services that act for themselves');
  addClientListings(client);
  client
    .command('add <client-id>')
    .description('add an app by its kind; a secret, where the kind has one, is printed this once')
    .addOption(
      new Option('--kind <kind>', 'what it is').choices(Object.keys(clientKinds)).makeOptionMandatory(),
    )
    .option('--name <name>', 'as people read it when they sign in')
    .option('--redirect-uri <url>', 'where people come back to after signing in (web, bff, spa)')
    .option('--scope <scopes>', 'the scopes that it may ask for; otherwise those that its kind usually needs')
    .option('--json', 'as one JSON document')
    .action(async (clientId: string, options: AddOptions, command: Command) => {
      await addOfKind(clientId, options, (message) => command.error(message));
    });
  client
    .command('disable <client-id>')
    .description('disable the client and end all its refresh tokens; nobody gets to it any more')
    .option('--json', 'as one JSON document')
    .action(async (clientId: string, options: { json?: true }) => {
      const { families } = await changeClients('disable', (tx, origin) =>
        disableClient(tx, clientId, origin),
      );
      print(options, { clientId, families }, `${clientId} is disabled; ended ${families} families.`);
    });
  client
    .command('enable <client-id>')
    .description('enable the client again; nothing that ended is revived')
    .option('--json', 'as one JSON document')
    .action(async (clientId: string, options: { json?: true }) => {
      await changeClients('enable', (tx, origin) => enableClient(tx, clientId, origin));
      print(options, { clientId }, `${clientId} is enabled.`);
    });
  client
    .command('remove <client-id>')
    .description('remove the client with its event streams, and end all its refresh tokens; the trail stays')
    .option('--json', 'as one JSON document')
    .action(async (clientId: string, options: { json?: true }) => {
      const { families } = await changeClients('remove', (tx, origin) => removeClient(tx, clientId, origin));
      print(options, { clientId, families }, `${clientId} is removed; ended ${families} families.`);
    });
  client
    .command('rotate-secret <client-id>')
    .description('give the client a new secret, which is printed this once')
    .option(
      '--overlap <duration>',
      'how long the one before is good as well: 0s, 15m, 8h, at most 30d',
      readOverlap,
      usualSecretOverlap,
    )
    .option('--json', 'as one JSON document')
    .action(async (clientId: string, { overlap, json }: { overlap: number; json?: true }) => {
      const { secret, formerEndsAt } = await changeClients('rotate-secret', (tx, origin) =>
        rotateClientSecret(tx, { clientId, overlap }, origin),
      );
      const until = formerEndsAt === undefined ? null : new Date(formerEndsAt / 1000).toISOString();
      const before = until === null ? 'is good no more' : `is good until ${until}`;
      handOver({ json }, { clientId, secret, formerEndsAt: until }, `the one before ${before}`);
    });
}

async function addOfKind(
  clientId: string,
  { json, ...options }: AddOptions,
  refuse: (message: string) => never,
): Promise<void> {
  const { kind, wish } = readClientWish(clientId, options, refuse);
  const secret = await changeClients('add', async (tx, origin) => {
    await lockConfiguration(tx);
    const configuration = await loadConfiguration(tx);
    const wanted = desireKind(configuration, kind, wish);
    await addClient(tx, wanted.client, origin, configuration);
    return wanted.secret;
  });
  const added = { clientId, kind: options.kind };
  if (secret !== undefined) return handOver({ json }, { ...added, secret }, 'only a hash is kept');
  print({ json }, { ...added, secret: null }, `${clientId} is added; it has no secret.`);
}

/** Run a change in one transaction; the trail and the history say by which command. */
async function changeClients<Result>(
  command: string,
  work: (tx: Queryable, origin: Origin) => Promise<Result>,
): Promise<Result> {
  const origin = { actor: `curfew client ${command}` };
  return await withDatabase(readEnvironment(process.env, 'tool'), (database) =>
    database.transaction((tx) => work(tx, origin)),
  );
}

function print({ json }: { json?: true | undefined }, document: object, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(document)}\n` : `${text}\n`);
}

/** The secret alone goes to standard output, so that it can be piped on; what is said of it does not. */
function handOver(
  options: { json?: true | undefined },
  document: { clientId: string; secret: string; kind?: string; formerEndsAt?: string | null },
  note: string,
): void {
  print(options, document, document.secret);
  if (!options.json)
    process.stderr.write(`This is the secret of ${document.clientId}, told only now; ${note}.\n`);
}

function readOverlap(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds > longestSecretOverlap)
    throw new InvalidArgumentError('It must be a duration such as 0s, 15m or 8h, at most 30d.');
  return seconds;
}
