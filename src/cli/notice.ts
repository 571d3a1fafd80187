import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { replayNotices } from '../operations/replay_notices.ts';
import { listNotices } from '../store/undelivered_notices.ts';
import type { ListedNotice } from '../store/undelivered_notices.ts';
import { withDatabase } from './open_database.ts';

const mostListed = 1000;

export function addNoticeCommands(program: Command): void {
  const notice = program.command('notice').description('notices to clients that are not delivered yet');
  notice
    .command('list')
    .description(`what is not delivered yet, oldest first, at most ${mostListed}`)
    .option('--dead', 'only what is tried no more')
    .option('--json', 'as one JSON document')
    .action(async (options: { dead?: boolean; json?: boolean }) => {
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        const notices = await listNotices(database, { deadOnly: options.dead ?? false, most: mostListed });
        process.stdout.write(options.json ? `${JSON.stringify(notices, null, 2)}\n` : describe(notices));
      });
    });
  notice
    .command('replay [ids...]')
    .description('try again what was given up')
    .option('--all', 'everything that was given up')
    .option('--json', 'as one JSON document')
    .action(async (ids: string[], options: { all?: boolean; json?: boolean }, command: Command) => {
      const { all = false, json = false } = options;
      if (all === ids.length > 0) command.error('error: name notices, or say --all');
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        const count = await database.transaction((tx) =>
          replayNotices(tx, all ? 'all' : ids, { actor: 'operator' }),
        );
        const text = `${count} notices will be tried again.`;
        process.stdout.write(`${json ? JSON.stringify({ replayed: count }) : text}\n`);
      });
    });
}

function describe(notices: readonly ListedNotice[]): string {
  if (notices.length === 0) return 'Everything is delivered.\n';
  const lines = notices.map(({ noticeId, kind, receiver, queuedAt, tries, lastError, deadAt }) =>
    [
      noticeId,
      queuedAt,
      kind,
      receiver,
      `${tries} tries`,
      deadAt ? 'given up' : 'waiting',
      lastError ?? '',
    ].join('  '),
  );
  return `${lines.join('\n')}\n`;
}
