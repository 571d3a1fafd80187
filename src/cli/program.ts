import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addApplyCommand } from './apply.ts';
import { addAuditCommands } from './audit.ts';
import { addClientCommands } from './client.ts';
import { addBackupCommands } from './backup.ts';
import { addCompletionCommand } from './completion.ts';
import { addDevCommand } from './dev.ts';
import { addDoctorCommand } from './doctor.ts';
import { addExportCommands } from './export.ts';
import { addMigrateCommand } from './migrate.ts';
import { addKeyCommands } from './keys.ts';
import { addNoticeCommands } from './notice.ts';
import { addPolicyCommands } from './policy.ts';
import { addReportCommands } from './report.ts';
import { addServeCommand } from './serve.ts';
import { addSessionCommands } from './session.ts';
import { addSimulateCommand } from './simulate.ts';
import { addUrlOptions } from './remote/add_url_options.ts';
import { addUserCommands } from './user.ts';

/** As package.json has it, from a checkout or from a build one folder deeper. */
function packageVersion(): string {
  const file = ['../../package.json', '../../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find(existsSync);
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : 'unknown';
}

/** The command `curfew` with every command there is. */
export function buildProgram(): Command {
  const program = new Command('curfew')
    .description(
      'OAuth 2.0 / OpenID Connect authorization server whose sessions and refresh tokens end when they should',
    )
    .version(packageVersion())
    .exitOverride();

  addDevCommand(program);
  addServeCommand(program);
  addMigrateCommand(program);
  addApplyCommand(program);
  addExportCommands(program);
  addDoctorCommand(program);
  addBackupCommands(program);
  addUserCommands(program);
  addClientCommands(program);
  addPolicyCommands(program);
  addSessionCommands(program);
  addNoticeCommands(program);
  addAuditCommands(program);
  addKeyCommands(program);
  addReportCommands(program);
  addSimulateCommand(program);
  addUrlOptions(program);
  addCompletionCommand(program);
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap((group) => group.commands),
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
