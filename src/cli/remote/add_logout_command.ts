import type { Command } from 'commander';
import { readUrl } from './read_url.ts';

export function addLogoutCommand(program: Command): void {
  program
    .command('logout')
    .description('revoke and forget the tokens that commands with --url keep for a server')
    .requiredOption('--url <issuer>', 'the server', readUrl)
    .action(async ({ url }: { url: string }) => {
      const { logOut } = await import('./run_remote.ts');
      await logOut(url);
    });
}
