import { fileCommands } from './file_commands.ts';
import { itemsOf, segment } from './remote_command.ts';
import type { RemoteCommand } from './remote_command.ts';

const keyColumns = ['key_id', 'purpose', 'algorithm', 'state', 'signs_since', 'published_until'];

/** Those about clients, policies and signing keys. */
export const configurationCommands: readonly [name: string, command: RemoteCommand][] = [
  [
    'client list',
    {
      options: ['after'],
      columns: ['client_id', 'disabled', 'policy', 'has_secret', 'trusted'],
      run: async ({ api, options: { after } }) =>
        await api.list('/clients', { after: after === '' ? undefined : (after as string | undefined) }),
    },
  ],
  ['client show', { run: async ({ api, args: [id] }) => await api.read(`/clients/${segment(id)}`) }],
  [
    'client add',
    {
      options: ['kind', 'name', 'redirectUri', 'scope'],
      run: async (call) => await (await import('./add_client_remotely.ts')).addClientRemotely(call),
    },
  ],
  ['client disable', onClient('disable')],
  ['client enable', onClient('enable')],
  [
    'client remove',
    { run: async ({ api, args: [id] }) => await api.change('DELETE', `/clients/${segment(id)}`) },
  ],
  [
    'client rotate-secret',
    {
      options: ['overlap'],
      run: async ({ api, args: [id], options: { overlap } }) =>
        await api.change('POST', `/clients/${segment(id)}/rotate-secret`, { overlap: `${Number(overlap)}s` }),
    },
  ],
  ...fileCommands,
  ['policy list', { run: async ({ api }) => await api.list('/role-limits') }],
  [
    'policy explain',
    {
      options: ['user', 'client', 'scope', 'resource'],
      async run({ api, options: { user, client, scope, resource }, refuse }) {
        if (user === undefined && client === undefined) refuse('error: say --user or --client');
        return await api.read('/explain', {
          username: user as string | undefined,
          client_id: client as string | undefined,
          scope: (scope as string[]).join(' '),
          resource: resource as string[],
        });
      },
    },
  ],
  [
    'policy history',
    {
      options: ['policy', 'limit', 'before'],
      columns: ['version', 'made_at', 'author', 'username', 'change_count', 'message'],
      run: async ({ api, options: { policy, limit, before } }) =>
        await api.list(
          '/configuration/versions',
          {
            policy: policy as string | undefined,
            before: before === undefined ? undefined : String(Number(before)),
          },
          Number(limit),
        ),
    },
  ],
  [
    'policy diff',
    {
      async run({ api, args: [from, to] }) {
        const differences: unknown[] = [];
        for (let cursor: string | undefined; ; ) {
          const { next_cursor: next, ...page } = await api.read(
            `/configuration/versions/${segment(from)}/diff`,
            { to: to === undefined ? undefined : String(to), cursor },
          );
          differences.push(...(page.differences as unknown[]));
          if (next === undefined) return { ...page, differences };
          cursor = next as string;
        }
      },
    },
  ],
  [
    'policy revert',
    {
      options: ['dryRun', 'message'],
      run: async ({ api, args: [version], options: { dryRun, message } }) =>
        dryRun === true
          ? await api.ask(`/configuration/versions/${segment(version)}/preview?exact=true`)
          : await api.change('POST', `/configuration/versions/${segment(version)}/revert`, { message }),
    },
  ],
  ['keys list', { columns: keyColumns, run: async ({ api }) => itemsOf(await api.read('/keys')) }],
  [
    'keys rotate',
    {
      options: ['force'],
      columns: keyColumns,
      run: async ({ api, options: { force = false } }) =>
        itemsOf(await api.change('POST', '/keys/rotate', { force })),
    },
  ],
  [
    'keys remove',
    {
      columns: keyColumns,
      run: async ({ api, args: [id] }) => itemsOf(await api.change('DELETE', `/keys/${segment(id)}`)),
    },
  ],
];

function onClient(action: string): RemoteCommand {
  return {
    run: async ({ api, args: [id] }) => await api.change('POST', `/clients/${segment(id)}/${action}`),
  };
}
