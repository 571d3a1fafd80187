import type { ConfigurationFile } from '../../config/configuration_file.ts';
import { writeConfigurationDocument } from '../../config/write_configuration_file.ts';
import { Problem } from '../../domain/problems.ts';
import { tellApplied } from '../apply.ts';
import { readConfigurationFile } from '../apply_file.ts';
import type { AppliedFile } from '../apply_file.ts';
import type { Json } from './admin_api.ts';
import type { RemoteCall } from './remote_command.ts';

/** Read a file, and the secrets that it names, here, and have the server apply it, or say what that would do. */
export async function applyRemotely({
  api,
  args: [path],
  options: { dryRun = false, message, json },
}: RemoteCall): Promise<Json | undefined> {
  const configuration = describeFile(readConfigurationFile(String(path)));
  const answer =
    dryRun === true
      ? await api.ask('/configuration/preview?exact=true', { configuration })
      : await api.change('PUT', '/configuration', { configuration, message });
  if (json === true) return answer;
  tellApplied(readApplied(answer), { dryRun: dryRun === true });
  if (answer.would_end_is_exact === false)
    process.stderr.write('So much is open that what ends is estimated; --dry-run counts it.\n');
  return undefined;
}

/** What the file says, with hashes in the place of secrets. Throws Problem `configuration_invalid` for passwords. */
function describeFile(file: ConfigurationFile): Json {
  const withPassword = (file.users ?? []).filter(({ password }) => password !== undefined);
  const faults = withPassword.map(
    ({ username }) =>
      `users (${username}).password_env: no password goes to a server: leave it out, and give its owner a link by curfew user password-link`,
  );
  if (faults.length > 0) throw new Problem('configuration_invalid', faults.join('\n'));
  const users = file.users === undefined ? {} : { users: file.users };
  return { ...writeConfigurationDocument(file, { secretHashes: true }), ...users };
}

/** As the API tells it, in the names of the command line. */
function readApplied({ would_end: wouldEnd, ...told }: Json): AppliedFile {
  return { ...told, wouldEnd } as unknown as AppliedFile;
}
