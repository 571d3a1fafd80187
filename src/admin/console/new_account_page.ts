import { z } from 'zod';
import { lineSchema } from '../../config/schema/names.ts';
import { Problem } from '../../domain/problems.ts';
import { readField, readFields } from '../../http/forms.ts';
import { sendPage } from '../../http/send_page.ts';
import { addAccount } from '../../operations/add_account.ts';
import { issuePasswordLink } from '../../operations/issue_password_link.ts';
import { consoleNewAccountPage } from '../../../views/console/accounts.ts';
import type { ConsoleNewAccountProps } from '../../../views/console/accounts.ts';
import { describeRoles, showLink } from './account_change_page.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { change, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const schema = z.object({
  username: lineSchema(200),
  name: z.union([z.literal(''), lineSchema(200)]),
  email: z.union([z.literal(''), z.email().max(254)]),
});
const faults: Readonly<Record<string, string>> = {
  username: 'A username has 1 to 200 characters in one line.',
  name: 'A name has at most 200 characters in one line.',
  email: 'This is no e-mail address.',
};

export async function showNewAccount(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  await render(visit, dependencies, { values: { username: '', name: '', email: '' }, roles: [] });
}

/** Make the account, and the link with which its person sets a password. */
export async function submitNewAccount(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
): Promise<void> {
  const { ctx, origin } = visit;
  const values = {
    username: readField(ctx, 'username', 1000).trim(),
    name: readField(ctx, 'name', 1000).trim(),
    email: readField(ctx, 'email', 1000).trim(),
  };
  const roles = readFields(ctx, 'role', 100);
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    const field = String(parsed.error.issues[0]?.path[0] ?? 'username');
    return await render(visit, dependencies, { values, roles, error: { field, text: faults[field] ?? '' } });
  }
  const { username, name, email } = parsed.data;
  const user = { username, roles, name: name || undefined, email: email || undefined };
  const made = await change(dependencies, async (tx, configuration) => {
    const accountId = await addAccount(tx, configuration, user, origin);
    const link = await issuePasswordLink(tx, { accountId, purpose: 'invitation', byOperator: true }, origin);
    if (!link) throw new Error('A new account is enabled.');
    return { accountId, link };
  }).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'account_exists') return undefined;
    throw error;
  });
  if (made) return await showLink(visit, dependencies, { accountId: made.accountId, username }, made.link);
  const error = { field: 'username', text: 'There is already an account of that name.' };
  await render(visit, dependencies, { values, roles, error });
}

async function render(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
  { values, roles, error }: { roles: readonly string[] } & Pick<ConsoleNewAccountProps, 'values' | 'error'>,
): Promise<void> {
  const shell = await describeShell(dependencies, visit);
  const props = { values, roles: describeRoles(visit.configuration, roles), error };
  sendPage(visit.ctx, consoleNewAccountPage(shell, props), error ? 422 : 200);
}
