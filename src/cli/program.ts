import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addUrlOptions } from './remote/add_url_options.ts';

/** As package.json has it, from a checkout or from a build one folder deeper. */
function packageVersion(): string {
  const file = ['../../package.json', '../../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find(existsSync);
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : 'unknown';
}

interface Group {
  /** First words of its commands. */
  names: readonly string[];
  load: () => Promise<(program: Command) => void>;
}

/** In the order of the help. Each brings a good part of the product along: loading them all takes longer than most commands. */
const groups: readonly Group[] = [
  { names: ['dev'], load: async () => (await import('./dev.ts')).addDevCommand },
  { names: ['serve'], load: async () => (await import('./serve.ts')).addServeCommand },
  { names: ['migrate'], load: async () => (await import('./migrate.ts')).addMigrateCommand },
  { names: ['apply'], load: async () => (await import('./apply.ts')).addApplyCommand },
  { names: ['export', 'schema'], load: async () => (await import('./export.ts')).addExportCommands },
  { names: ['doctor'], load: async () => (await import('./doctor.ts')).addDoctorCommand },
  { names: ['backup', 'restore'], load: async () => (await import('./backup.ts')).addBackupCommands },
  { names: ['user'], load: async () => (await import('./user.ts')).addUserCommands },
  { names: ['client'], load: async () => (await import('./client.ts')).addClientCommands },
  { names: ['policy'], load: async () => (await import('./policy.ts')).addPolicyCommands },
  { names: ['session'], load: async () => (await import('./session.ts')).addSessionCommands },
  { names: ['lease'], load: async () => (await import('./lease.ts')).addLeaseCommands },
  { names: ['notice'], load: async () => (await import('./notice.ts')).addNoticeCommands },
  { names: ['audit'], load: async () => (await import('./audit.ts')).addAuditCommands },
  { names: ['keys'], load: async () => (await import('./keys.ts')).addKeyCommands },
  { names: ['report'], load: async () => (await import('./report.ts')).addReportCommands },
  { names: ['simulate'], load: async () => (await import('./simulate.ts')).addSimulateCommand },
  { names: ['logout'], load: async () => (await import('./remote/add_logout_command.ts')).addLogoutCommand },
  { names: ['completion'], load: async () => (await import('./completion.ts')).addCompletionCommand },
];

/**
 * The command `curfew`, with every command there is, or with those alone that are loaded with the one of the
 * first word `asked`: the same answer to it, sooner.
 */
export async function buildProgram(asked?: string): Promise<Command> {
  const program = new Command('curfew')
    .description(
      'OAuth 2.0 / OpenID Connect authorization server whose sessions and refresh tokens end when they should',
    )
    .version(packageVersion())
    .exitOverride();

  const group = groups.find(({ names }) => asked !== undefined && names.includes(asked));
  for (const { load } of group ? [group] : groups) (await load())(program);
  addUrlOptions(program);
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap(({ commands }) => commands),
  ]) {
    command.exitOverride();
    const path = [command.parent?.parent, command.parent, command]
      .flatMap((of) => of?.name() ?? [])
      .join(' ');
    // Ids are random: one in 64 looks like an option.
    const dash = command.registeredArguments.length > 0 ? '; what begins with - goes after --' : '';
    command.showHelpAfterError(`(${path} --help tells what there is${dash})`);
  }
  return program;
}
