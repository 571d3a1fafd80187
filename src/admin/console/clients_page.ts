import { z } from 'zod';
import { describeFuture } from '../../http/describe_moment.ts';
import { sendPage } from '../../http/send_page.ts';
import { countClientFamilies } from '../../store/live_access.ts';
import { consoleClientPage, consoleClientsPage } from '../../../views/console/clients.ts';
import { clientKinds } from '../client_kinds.ts';
import { clientPath, listClientChanges } from './client_changes.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { describeOpenAccess, mostCounted } from './describe_open_access.ts';
import { linkPages, readPlace, readQuery } from './query.ts';
import { consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const perPage = 50;

/** Apps in the order of their ids, all of which are in memory. */
export async function showClients(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, configuration } = visit;
  const filter = readQuery(ctx, 'id');
  const after = readPlace(ctx, z.string()) ?? '';
  const found = [...configuration.clients.values()]
    .filter(({ clientId }) => clientId.startsWith(filter) && clientId > after)
    .toSorted((a, b) => (a.clientId < b.clientId ? -1 : 1));
  const clients = found.slice(0, perPage);
  const shell = await describeShell(dependencies, visit);
  const page = consoleClientsPage(shell, {
    filter,
    clients: clients.map(({ clientId, metadata, policy, disabled }) => ({
      clientId,
      url: clientPath(clientId),
      name: typeof metadata.client_name === 'string' ? metadata.client_name : '',
      grants: ((metadata.grant_types ?? []) as string[]).map((grant) => grant.split(':').at(-1) ?? ''),
      policy: policy ?? 'None of its own',
      disabled,
    })),
    kinds: Object.entries(clientKinds).map(([kind, { label, hint }]) => ({
      url: `${consoleRoot}/new-client/${kind}`,
      label,
      hint,
    })),
    ...linkPages(ctx, found.length > perPage ? clients.at(-1)?.clientId : undefined),
  });
  sendPage(ctx, page);
}

/** One app, without its secret. */
export async function showClient(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, configuration, path, mayChange, now } = visit;
  const client = configuration.clients.get(path.client_id ?? '');
  if (!client) return ctx.throw(404);
  const { clientId, metadata, policy, trusted, refreshRotation, webOrigins, disabled, secretHash } = client;
  const good = (client.formerSecrets ?? []).filter(({ endsAt }) => now < endsAt);
  const open = await countClientFamilies(dependencies.database, clientId, mostCounted + 1);
  const facts = {
    ...metadata,
    secret: secretHash ? 'kept as a hash' : 'none',
    ...(good.length === 0
      ? {}
      : { 'earlier secrets': good.map(({ endsAt }) => `good until ${describeFuture(endsAt, now).text}`) }),
    policy: policy ?? 'none of its own',
    trusted,
    refresh_rotation: refreshRotation,
    web_origins: webOrigins,
    disabled,
    'open now': describeOpenAccess(open),
  };
  const shell = await describeShell(dependencies, visit);
  const page = consoleClientPage(shell, {
    clientId,
    facts: Object.entries(facts).map(([label, value]) => ({ label, value: say(value) })),
    disabled,
    changes: mayChange ? listClientChanges(client) : [],
    sessionsUrl: `${consoleRoot}/sessions?client=${encodeURIComponent(clientId)}`,
  });
  sendPage(ctx, page);
}

function say(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(say).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
