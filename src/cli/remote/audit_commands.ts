import { Problem } from '../../domain/problems.ts';
import { writeTrail } from '../write_trail.ts';
import type { AdminApi, Json } from './admin_api.ts';
import { findAccountId } from './find_account.ts';
import type { RemoteCall, RemoteCommand } from './remote_command.ts';

const filters = ['user', 'account', 'event', 'since'];

/** Those about the trail. */
export const auditCommands: readonly [name: string, command: RemoteCommand][] = [
  [
    'audit list',
    {
      options: [...filters, 'limit'],
      columns: ['occurred_at', 'name', 'account_id', 'client_id', 'address'],
      run: async ({ api, options }) =>
        await api.list('/audit-events', await readFilter(api, options), Number(options.limit)),
    },
  ],
  [
    'audit export',
    {
      options: filters,
      async run({ api, options }) {
        const lines = await api.readLines('/audit-events.ndjson', await readFilter(api, options));
        await writeTrail(untilCheckpoint(lines), options.json === true);
        return undefined;
      },
    },
  ],
  [
    'audit verify',
    {
      options: ['checkpoint'],
      run: async ({ api, options: { checkpoint } }) =>
        await api.read('/audit-verification', { checkpoint: checkpoint as string | undefined }),
      judge: assertUnaltered,
    },
  ],
];

async function readFilter(
  api: AdminApi,
  { user, account, event, since }: RemoteCall['options'],
): Promise<Record<string, string | undefined>> {
  return {
    account_id: user === undefined ? (account as string | undefined) : await findAccountId(api, user),
    name: event as string | undefined,
    since: since === undefined ? undefined : `${Number(since)}s`,
  };
}

/** Throws Problem `server_unreachable` where the end is missing, or the connection broke. */
async function* untilCheckpoint(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let last = '';
  try {
    for await (const line of lines) {
      last = line;
      yield line;
    }
  } catch (cause) {
    throw cutShort(cause);
  }
  if (!last.startsWith('{"checkpoint":')) throw cutShort();
}

const cutShort = (cause?: unknown) =>
  new Problem('server_unreachable', 'The answer was cut short: this is not the whole trail.', { cause });

function assertUnaltered(answer: Json | readonly Json[]): void {
  const faults = [answer].flat().flatMap((report) => report.faults as string[]);
  const [first, ...others] = faults;
  if (first === undefined) return;
  const more = others.length > 0 ? ` ${others.length} more faults: see --json.` : '';
  throw new Problem('trail_altered', `${first}${more}`);
}
