import { existsSync, readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addApplyCommand } from './cli/apply.ts';
import { addAuditCommands } from './cli/audit.ts';
import { addDevCommand } from './cli/dev.ts';
import { addExportCommands } from './cli/export.ts';
import { addMigrateCommand } from './cli/migrate.ts';
import { addKeyCommands } from './cli/keys.ts';
import { reportFailure } from './cli/report_failure.ts';
import { addNoticeCommands } from './cli/notice.ts';
import { addPolicyCommands } from './cli/policy.ts';
import { addReportCommands } from './cli/report.ts';
import { addServeCommand } from './cli/serve.ts';
import { addSessionCommands } from './cli/session.ts';
import { addSimulateCommand } from './cli/simulate.ts';
import { addUserCommands } from './cli/user.ts';

/** As package.json has it, from a checkout or from a build one folder deeper. */
function packageVersion(): string {
  const file = ['../package.json', '../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find(existsSync);
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : 'unknown';
}

const program = new Command('curfew')
  .description(
    'OAuth 2.0 / OpenID Connect authorization server whose sessions and refresh tokens end when they should',
  )
  .version(packageVersion())
  .exitOverride()
  .showHelpAfterError('(curfew --help tells what there is)');

addDevCommand(program);
addServeCommand(program);
addMigrateCommand(program);
addApplyCommand(program);
addExportCommands(program);
addUserCommands(program);
addPolicyCommands(program);
addSessionCommands(program);
addNoticeCommands(program);
addAuditCommands(program);
addKeyCommands(program);
addReportCommands(program);
addSimulateCommand(program);
for (const command of [
  program,
  ...program.commands,
  ...program.commands.flatMap((group) => group.commands),
]) {
  command.exitOverride();
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : reportFailure(error);
}
