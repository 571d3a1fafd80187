import type { ClientDefinition, Configuration } from '../../domain/configuration.ts';
import { describeDuration } from '../../domain/durations.ts';
import { Problem } from '../../domain/problems.ts';
import { describeFuture } from '../../http/describe_moment.ts';
import { readField } from '../../http/forms.ts';
import { leaveNotice } from '../../http/notice_cookie.ts';
import { seeOther } from '../../http/see_other.ts';
import { sendPage } from '../../http/send_page.ts';
import { disableClient, enableClient } from '../../operations/disable_client.ts';
import { removeClient } from '../../operations/remove_client.ts';
import { rotateClientSecret, usualSecretOverlap } from '../../operations/rotate_client_secret.ts';
import { findEntryVersion } from '../../store/configuration_history.ts';
import type { Queryable } from '../../store/database.ts';
import { countClientFamilies } from '../../store/live_access.ts';
import { consoleClientChangePage, consoleClientSecretPage } from '../../../views/console/client_change.ts';
import { clientChanges, clientPath } from './client_changes.ts';
import type { ClientChange } from './client_changes.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { describeOpenAccess, mostCounted } from './describe_open_access.ts';
import type { ConsoleRoute } from './route.ts';
import { change, consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

/** Seconds for which the secret before may be good as well. */
const overlaps = [0, 900, 8 * 3600, usualSecretOverlap, 7 * 86_400, 30 * 86_400];

/** For each change of an app a page that asks once more, and what its form does. */
export const clientChangeRoutes: readonly ConsoleRoute[] = [
  ...twoRoutes('disable', submitDisable),
  ...twoRoutes('enable', submitEnable),
  ...twoRoutes('rotate-secret', submitRotation),
  ...twoRoutes('remove', submitRemoval),
];

function twoRoutes(part: ClientChange, handle: ConsoleRoute['handle']): ConsoleRoute[] {
  const both = { path: `/clients/{client_id}/${part}`, scope: 'curfew:write' } as const;
  const show: ConsoleRoute['handle'] = (visit, dependencies) => showChange(visit, dependencies, part);
  return [
    { ...both, method: 'GET', handle: show },
    { ...both, method: 'POST', handle },
  ];
}

async function showChange(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
  part: ClientChange,
): Promise<void> {
  const { ctx, path, configuration } = visit;
  const { database } = dependencies;
  const client = configuration.clients.get(path.client_id ?? '');
  if (!client) return ctx.throw(404);
  const url = clientPath(client.clientId);
  const shell = await describeShell(dependencies, visit);
  const page = consoleClientChangePage(shell, {
    ...clientChanges[part],
    clientId: client.clientId,
    ends: part === 'disable' || part === 'remove' ? await describeEnds(database, client) : undefined,
    action: `${url}/${part}`,
    back: url,
    version: await readVersion(database, configuration, client.clientId),
    choice:
      part === 'rotate-secret'
        ? {
            name: 'overlap',
            label: 'Its present secret stays good for',
            hint: 'As long as the app may take to change over. If the secret leaked: not at all.',
            value: String(usualSecretOverlap),
            options: overlaps.map((seconds) => ({
              value: String(seconds),
              label: seconds === 0 ? 'Not at all' : describeDuration(seconds),
            })),
          }
        : undefined,
  });
  sendPage(ctx, page);
}

async function describeEnds(db: Queryable, { clientId }: ClientDefinition): Promise<string> {
  const open = await countClientFamilies(db, clientId, mostCounted + 1);
  if (open.families === 0) return 'Nothing of it is open that would end.';
  return `${describeOpenAccess(open)} ${open.families === 1 ? 'ends' : 'end'} at once. No session does.`;
}

async function submitDisable(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { families } = await changeClient(visit, dependencies, (tx, clientId) =>
    disableClient(tx, clientId, visit.origin),
  );
  const ended = families === 1 ? '1 access of it has' : `${families} accesses of it have`;
  leave(visit, families === 0 ? 'The app is disabled.' : `The app is disabled; ${ended} ended.`);
}

async function submitEnable(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  await changeClient(visit, dependencies, (tx, clientId) => enableClient(tx, clientId, visit.origin));
  leave(visit, 'The app is enabled.');
}

async function submitRemoval(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { families } = await changeClient(visit, dependencies, (tx, clientId) =>
    removeClient(tx, clientId, visit.origin),
  );
  const ended = families === 1 ? '1 access of it has' : `${families} accesses of it have`;
  const removed = `The app ${visit.path.client_id ?? ''} is removed`;
  leaveNotice(visit.ctx, consoleRoot, families === 0 ? `${removed}.` : `${removed}; ${ended} ended.`);
  seeOther(visit.ctx, `${consoleRoot}/clients`);
}

function leave({ ctx, path }: ConsoleVisit, sentence: string): void {
  leaveNotice(ctx, consoleRoot, sentence);
  seeOther(ctx, clientPath(path.client_id ?? ''));
}

/** The secret is in this one answer: sent again, the form finds that the app was changed. */
async function submitRotation(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, origin, path, now } = visit;
  const overlap = overlaps.find((seconds) => String(seconds) === readField(ctx, 'overlap', 20));
  if (overlap === undefined)
    throw new Problem('client_secret', 'Choose for how long the present secret stays good.');
  const { secret, formerEndsAt } = await changeClient(visit, dependencies, (tx, clientId) =>
    rotateClientSecret(tx, { clientId, overlap }, origin),
  );
  const shell = await describeShell(dependencies, visit);
  const page = consoleClientSecretPage(shell, {
    clientId: path.client_id ?? '',
    url: clientPath(path.client_id ?? ''),
    secret,
    before: formerEndsAt === undefined ? undefined : describeFuture(formerEndsAt, now).text,
  });
  sendPage(ctx, page);
}

/** Change an app as its form showed it. Throws Problem where it was changed since. */
async function changeClient<Result>(
  { ctx, path }: ConsoleVisit,
  dependencies: ConsoleDependencies,
  work: (tx: Queryable, clientId: string) => Promise<Result>,
): Promise<Result> {
  return await change(dependencies, async (tx, configuration) => {
    const clientId = path.client_id ?? '';
    if (!configuration.clients.has(clientId)) return ctx.throw(404);
    if (readField(ctx, 'version', 20) !== (await readVersion(tx, configuration, clientId)))
      throw new Problem('client_unknown', 'The app was changed meanwhile. Look at it again.');
    return await work(tx, clientId);
  });
}

async function readVersion(db: Queryable, { version: upTo }: Configuration, name: string): Promise<string> {
  return String((await findEntryVersion(db, { section: 'clients', name, upTo })) ?? '');
}
