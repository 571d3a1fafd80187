import type { Json } from './admin_api.ts';
import { auditCommands } from './audit_commands.ts';
import { configurationCommands } from './configuration_commands.ts';
import { findAccount, findAccountId } from './find_account.ts';
import type { RemoteCall, RemoteCommand } from './remote_command.ts';
import { reportCommands } from './report_commands.ts';
import { itemsOf, segment } from './remote_command.ts';

const linkOptions = ['mail', 'validFor'];

/** The commands that the admin API can answer, by name: what `--url` makes of them. */
export const remoteCommands: ReadonlyMap<string, RemoteCommand> = new Map<string, RemoteCommand>([
  [
    'user list',
    {
      options: ['after'],
      columns: ['username', 'disabled', 'roles', 'email', 'account_id'],
      run: async ({ api, options: { after } }) =>
        await api.list('/accounts', { after: after as string | undefined }),
    },
  ],
  ['user show', { run: async ({ api, args }) => await api.read(await findAccount(api, args[0])) }],
  // No password goes through the API: whoever is added chooses one, by a link.
  ['user add', { options: ['role', 'email', 'name'], run: inviteAccount }],
  ['user invite', { options: ['role', 'email', 'name', ...linkOptions], run: inviteAccount }],
  [
    'user password-link',
    {
      options: linkOptions,
      run: async (call) => await linkAccount(call, await findAccount(call.api, call.args[0])),
    },
  ],
  [
    'user set-roles',
    {
      run: async ({ api, args: [username, roles] }) =>
        await api.change('PUT', `${await findAccount(api, username)}/roles`, { roles }),
    },
  ],
  ['user disable', onAccount('POST', 'disable')],
  ['user enable', onAccount('POST', 'enable')],
  ['user unlock', onAccount('POST', 'unlock')],
  ['user reset-mfa', onAccount('POST', 'reset-mfa')],
  [
    'user delete',
    { run: async ({ api, args }) => await api.change('DELETE', await findAccount(api, args[0])) },
  ],
  [
    'session list',
    {
      options: ['user'],
      columns: ['id', 'kind', 'username', 'clients', 'last_activity_at', 'idle_ends_at', 'absolute_ends_at'],
      async run({ api, options: { user } }) {
        const query = user === undefined ? {} : { account_id: await findAccountId(api, user) };
        const sessions = await api.list('/sessions', query);
        const families = await api.list('/families', query);
        return [...sessions, ...families.filter(({ bound }) => bound !== true)].map(nameLive);
      },
    },
  ],
  [
    'session show',
    {
      async run({ api, args: [id] }) {
        const found = await api.read(`/${kindOf(id)}/${segment(id)}`);
        return [found, ...((found.families ?? []) as Json[])].map(({ families: _, ...one }) => nameLive(one));
      },
    },
  ],
  [
    'session end',
    {
      options: ['user', 'reason'],
      async run({ api, args: [ids = []], options: { user, reason }, refuse }) {
        if ((user === undefined) === (ids.length === 0)) refuse('error: name ids, or say --user');
        if (user !== undefined && reason !== undefined) refuse('error: --reason goes with ids');
        if (user !== undefined) return await api.change('POST', `${await findAccount(api, user)}/end-access`);
        const total = { sessions: 0, families: 0 };
        for (const id of ids) {
          const ended = await api.change('POST', `/${kindOf(id)}/${segment(id)}/end`, { reason });
          total.sessions += Number(ended.sessions);
          total.families += Number(ended.families);
        }
        return total;
      },
    },
  ],
  [
    'lease list',
    {
      options: ['user'],
      columns: ['family_id', 'username', 'client_id', 'allowed_seconds', 'ends_at', 'running', 'purpose'],
      run: async ({ api, options: { user } }) =>
        await api.list('/leases', user === undefined ? {} : { account_id: await findAccountId(api, user) }),
    },
  ],
  [
    'lease end',
    { run: async ({ api, args: [id] }) => await api.change('POST', `/leases/${segment(id)}/end`) },
  ],
  [
    'notice list',
    {
      options: ['dead'],
      run: async ({ api, options: { dead } }) =>
        itemsOf(await api.read('/notices', { state: dead === true ? 'undeliverable' : 'all' })),
    },
  ],
  [
    'notice replay',
    {
      options: ['all'],
      async run({ api, args: [ids = []], options: { all = false }, refuse }) {
        if (all === ids.length > 0) refuse('error: name notices, or say --all');
        return await api.change('POST', '/notices/replay', { notice_ids: all === true ? 'all' : ids });
      },
    },
  ],
  ...auditCommands,
  ...configurationCommands,
  ...reportCommands,
]);

async function inviteAccount(call: RemoteCall): Promise<Json> {
  const { api, args, options, refuse } = call;
  assertLinkOptions(options, refuse);
  const { role: roles = [], email, name, mail } = options;
  if (mail === true && email === undefined) refuse('error: --mail needs --email');
  const account = await api.change('POST', '/accounts', { username: args[0], roles, email, name });
  return { ...account, ...(await linkAccount(call, `/accounts/${segment(account.account_id)}`)) };
}

/** Have a link made, or mailed to its owner. */
async function linkAccount({ api, options, refuse }: RemoteCall, account: string): Promise<Json> {
  assertLinkOptions(options, refuse);
  const { mail, validFor } = options;
  if (mail === true) return await api.change('POST', `${account}/password-mail`);
  const lasts = validFor === undefined ? {} : { valid_for: `${Number(validFor)}s` };
  return await api.change('POST', `${account}/password-link`, lasts);
}

function assertLinkOptions({ mail, validFor }: RemoteCall['options'], refuse: RemoteCall['refuse']): void {
  if (mail === true && validFor !== undefined)
    refuse('error: a mailed link has its own time: leave out --valid-for');
}

function onAccount(method: 'POST' | 'DELETE', action: string): RemoteCommand {
  return {
    run: async ({ api, args }) => await api.change(method, `${await findAccount(api, args[0])}/${action}`),
  };
}

/** Families have UUIDs, sessions have identifiers of the library's. */
const kindOf = (id: unknown): 'families' | 'sessions' =>
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(String(id)) ? 'families' : 'sessions';

/** Sessions and families in one list. */
function nameLive({ session_id: sessionId, family_id: familyId, ...rest }: Json): Json {
  if (familyId === undefined) return { id: sessionId, kind: 'session', ...rest };
  const kind = rest.bound === true ? 'bound' : rest.lease === undefined ? 'offline' : 'lease';
  return { id: familyId, kind, clients: [rest.client_id], ...rest };
}
