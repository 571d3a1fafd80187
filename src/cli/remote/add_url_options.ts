import { CommanderError, Option } from 'commander';
import type { Command } from 'commander';
import { machineCommands } from './machine_commands.ts';
import { readUrl } from './read_url.ts';
import { remoteCommands } from './remote_commands.ts';

/**
 * Give each command of `program` that the admin API can answer the option `--url`. With it, the command is answered there,
 * and its own action, which works on the database, does not run. Those of the machine say why they lack it.
 */
export function addUrlOptions(program: Command): void {
  const isLoaded = (name: string) => program.commands.some((group) => group.name() === name.split(' ')[0]);
  for (const [name, remote] of remoteCommands) {
    if (!isLoaded(name)) continue;
    const command = findCommand(program, name);
    command.option(
      '--url <issuer>',
      'ask this server instead of the database, signed in with a browser',
      readUrl,
    );
    command.hook('preAction', async (_, { processedArgs }) => {
      const { url, ...options } = command.opts<{ url?: string } & Record<string, unknown>>();
      if (url === undefined) return;
      const known = new Set(['url', 'json', ...(remote.options ?? [])]);
      const unfit = command.options.find(
        (option) =>
          !known.has(option.attributeName()) &&
          command.getOptionValueSource(option.attributeName()) === 'cli',
      );
      if (unfit) command.error(`error: ${unfit.long ?? unfit.flags} has no meaning with --url`);
      const { runRemote } = await import('./run_remote.ts');
      const refuse = (message: string) => command.error(message);
      await runRemote(remote, url, { args: processedArgs, options, refuse });
      // Answered; commander knows no other way to leave the action out.
      throw new CommanderError(0, 'curfew.answered', '');
    });
  }
  for (const [name, why] of machineCommands) {
    if (!isLoaded(name)) continue;
    const command = findCommand(program, name);
    command.addOption(new Option('--url <issuer>').hideHelp());
    command.hook('preAction', () => {
      if (command.opts<{ url?: string }>().url !== undefined)
        command.error(`error: ${name} does not go with --url: ${why}`);
    });
  }
}

function findCommand(program: Command, name: string): Command {
  const found = name
    .split(' ')
    .reduce<Command | undefined>(
      (command, part) => command?.commands.find((each) => each.name() === part),
      program,
    );
  if (!found) throw new Error(`There is no command ${name}.`);
  return found;
}
