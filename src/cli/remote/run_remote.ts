import { createAdminApi } from './admin_api.ts';
import { openAuthorization } from './authorization.ts';
import { printAnswer } from './print_answer.ts';
import type { RemoteCall, RemoteCommand } from './remote_command.ts';

/** Run a command against the admin API of the server at `url`, signing in with a browser where need be. */
export async function runRemote(
  { run, columns, judge }: RemoteCommand,
  url: string,
  call: Omit<RemoteCall, 'api'>,
): Promise<void> {
  const authorization = await openAuthorization(url, tell);
  const answer = await run({ ...call, api: createAdminApi(url, authorization) });
  if (answer === undefined) return;
  process.stdout.write(
    call.options.json === true ? `${JSON.stringify(answer, null, 2)}\n` : printAnswer(answer, columns),
  );
  judge?.(answer);
}

/** Revoke and forget the tokens that commands with `--url` kept. */
export async function logOut(url: string): Promise<void> {
  await (await openAuthorization(url, tell)).signOut();
}

function tell(text: string): void {
  process.stderr.write(text);
}
