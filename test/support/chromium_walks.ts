import { initiateDeviceAuthorization } from 'openid-client';
import type { Page } from 'playwright-core';
import { passwordLinkUrl } from '../../src/domain/password_links.ts';
import type { PasswordLinkPurpose } from '../../src/domain/password_links.ts';
import { attemptSignIn } from '../../src/operations/attempt_sign_in.ts';
import { issuePasswordLink } from '../../src/operations/issue_password_link.ts';
import { findAccountByUsername } from '../../src/store/accounts.ts';
import { enrol, enterCode, press, signIn } from './chromium_pages.ts';
import { sensitive } from './chromium_scene.ts';
import type { Scene } from './chromium_scene.ts';
import { asAdmin } from './database.ts';
import { api } from './example_configuration.ts';
import type { TestServer } from './server.ts';
import { sql } from './sql.ts';
import { totpCode } from './totp.ts';
import { addVirtualAuthenticator } from './virtual_authenticator.ts';

/** Goes from page to page and stops at each, saying what it shows. */
export type Walk = (scene: Scene, page: Page) => AsyncGenerator<string, void>;

/** Together they come to every state of every page there is. */
export const walks: Readonly<Record<string, Walk>> = {
  'signing in': signingIn,
  'setting up a second factor': settingUp,
  'proving a second factor': proving,
  'connecting a device': connecting,
  'staying signed in': staying,
  'signing out': signingOut,
  'looking after an account': lookingAfter,
  'changing how one signs in': changing,
  'setting a password by a link': settingPassword,
  'adding a passkey': addingPasskey,
  'proving a passkey': provingPasskey,
  'where only a passkey will do': needingPasskey,
  failing,
};

const everything = { resource: api, scope: 'openid profile email offline_access reports.read' };

async function* signingIn({ client, addPerson, server }: Scene, page: Page) {
  const person = await addPerson('member');
  await client.goToIssuer(page, { ...everything, prompt: 'consent' });
  yield 'sign-in';
  await signIn(page, { ...person, password: 'wrong' });
  yield 'sign-in with an error';
  const guess = { username: 'nobody', password: 'wrong' };
  for (let tries = 0; tries < 4; tries += 1) await signIn(page, guess);
  yield 'sign-in that waits';
  await signIn(page, person);
  yield 'consent';
  await press(page, 'Allow');
  await client.awaitReturn(page);
  await client.goToIssuer(page, { prompt: 'login' });
  yield 're-authentication';
  await server.clock.advance(3600);
  await client.goToIssuer(page);
  yield 'sign-in with a reason';
}

async function* settingUp({ client, addPerson }: Scene, page: Page) {
  const person = await addPerson('admin');
  await client.goToIssuer(page, sensitive);
  await signIn(page, person);
  yield 'enrolment';
  await page.getByLabel('Code from the app').fill('000000');
  await press(page, 'Turn it on');
  yield 'enrolment with an error';
  await enrol(page);
  yield 'recovery codes';
}

async function* proving({ client, addPerson, server }: Scene, page: Page) {
  const person = await addPerson('admin');
  await client.goToIssuer(page, sensitive);
  await signIn(page, person);
  const { secret } = await enrol(page);
  await press(page, 'I have saved them — continue');
  await press(page, 'Allow');
  await client.awaitReturn(page);
  await server.clock.advance(900);
  await client.goToIssuer(page, sensitive);
  yield 'challenge';
  await page.getByRole('link', { name: 'Use a recovery code' }).click();
  yield 'recovery';
  await page.getByLabel('Recovery code').fill('aaaa-bbbb-cccc-dddd');
  await press(page, 'Continue');
  yield 'recovery with an error';
  await page.getByRole('link', { name: 'Enter its code instead' }).click();
  const wrong = totpCode(secret) === '000000' ? '000001' : '000000';
  await enterCode(page, wrong);
  yield 'challenge with an error';
  for (let tries = 0; tries < 5; tries += 1) await enterCode(page, wrong);
  yield 'challenge that waits';
}

async function* connecting({ client, addPerson }: Scene, page: Page) {
  const person = await addPerson('member');
  const started = await initiateDeviceAuthorization(client.config, everything);
  await page.goto(started.verification_uri);
  yield 'device code';
  await page.getByLabel('Code on the device').fill('WRONG-CODE');
  await press(page, 'Continue');
  yield 'device code with an error';
  await page.getByLabel('Code on the device').fill(started.user_code);
  await press(page, 'Continue');
  yield 'device confirmation';
  await press(page, 'Stop');
  yield 'device code after stopping';
  const again = await initiateDeviceAuthorization(client.config, everything);
  await page.getByLabel('Code on the device').fill(again.user_code.toLowerCase().replace('-', ''));
  await press(page, 'Continue');
  await press(page, 'Continue');
  await signIn(page, person);
  yield 'consent for a device';
  await press(page, 'Allow');
  yield 'device connected';
}

async function* staying({ client, addPerson, server }: Scene, page: Page) {
  const person = await addPerson('member');
  await client.goToIssuer(page);
  await signIn(page, person);
  await page.goto(`${server.issuer}/session/view`);
  yield 'session';
  await server.clock.advance(3600);
  await page.reload();
  yield 'session that is over';
  await server.clock.reset();
}

async function* signingOut({ client, addPerson, server }: Scene, page: Page) {
  const person = await addPerson('member');
  await client.goToIssuer(page);
  await signIn(page, person);
  await page.goto(`${server.issuer}/session/end?client_id=shop`);
  yield 'sign-out';
  await press(page, 'Sign out');
  yield 'signed out';
}

async function* settingPassword({ addPerson, server }: Scene, page: Page) {
  const { username } = await addPerson('member');
  await page.goto(`${server.issuer}/account`);
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  yield 'forgotten password';
  await page.getByLabel('Username or e-mail address').fill(' ');
  await press(page, 'Send the link');
  yield 'forgotten password with an error';
  for (let tries = 0; tries < 5; tries += 1) {
    await page.goto(`${server.issuer}/forgotten-password`);
    await page.getByLabel('Username or e-mail address').fill('nobody');
    await press(page, 'Send the link');
    if (tries === 0) yield 'link sent';
  }
  await page.goto(`${server.issuer}/forgotten-password`);
  await page.getByLabel('Username or e-mail address').fill('nobody');
  await press(page, 'Send the link');
  yield 'forgotten password that waits';
  for (const purpose of ['invitation', 'forgotten'] as const) {
    await page.goto(await issueLink(server, username, purpose));
    yield `setting a password, ${purpose}`;
  }
  await page.getByLabel('New password').fill('short');
  await press(page, 'Set password');
  yield 'setting a password with an error';
  await page.getByLabel('New password').fill('harbour lamp fern');
  await press(page, 'Set password');
  yield 'password set';
  await page.goto(`${server.issuer}/set-password`);
  yield 'link that is over';
}

/** A link as an operator makes it. */
async function issueLink(
  server: TestServer,
  username: string,
  purpose: PasswordLinkPurpose,
): Promise<string> {
  const found = await findAccountByUsername(server.database, username);
  const accountId = found?.account.accountId ?? '';
  const link = await server.database.transaction((tx) =>
    issuePasswordLink(tx, { accountId, purpose, byOperator: true }, {}),
  );
  return passwordLinkUrl(server.issuer, link ?? { token: '' });
}

async function* lookingAfter({ client, addPerson, openPage, server }: Scene, page: Page) {
  const person = await addPerson('member');
  await page.goto(`${server.issuer}/account`);
  await signIn(page, person);
  yield 'account';
  await page.getByRole('link', { name: 'Sessions', exact: true }).click();
  yield 'sessions, none but this one';
  for (let others = 0; others < 2; others += 1) {
    const other = await openPage();
    await client.goToIssuer(other, { ...everything, prompt: 'consent' });
    await signIn(other, person);
    await press(other, 'Allow');
    await client.awaitReturn(other);
  }
  await page.reload();
  await page.getByRole('button', { name: 'Sign out Chrome on' }).first().click();
  yield 'sessions with what was done';
  await page.getByRole('link', { name: 'Activity', exact: true }).click();
  yield 'activity';
  await sql(
    server.database,
    `insert into audit_events (name, account_id) select 'session.extended', account_id
     from accounts, generate_series(1, 60) where username = $1`,
    person.username,
  );
  await page.reload();
  yield 'activity that goes on';
  await page.getByRole('link', { name: 'Older' }).click();
  yield 'older activity';
  await page.goto(`${server.issuer}/account/activity/00000000-0000-0000-0000-000000000000`);
  yield 'activity before all others';
  await page.getByRole('link', { name: 'Your account' }).click();
  await press(page, 'Sign out everywhere');
  yield 'signed out everywhere';
}

async function* changing({ addPerson, server }: Scene, page: Page) {
  const person = await addPerson('member');
  await page.goto(`${server.issuer}/account/security`);
  await signIn(page, person);
  await page.getByRole('link', { name: 'Set up an app' }).click();
  await page.getByLabel('Name of the device').fill('Phone');
  const { secret, recoveryCodes } = await enrol(page);
  await page.getByRole('link', { name: 'I have saved them' }).click();
  await server.clock.advance(300);
  await page.getByRole('link', { name: 'Add another app' }).click();
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByLabel('Code from your authenticator app').fill('000000');
  await press(page, 'Continue');
  yield 'the question with an error';
  await page.getByLabel('Code from your authenticator app').fill(totpCode(secret));
  await press(page, 'Continue');
  await page.getByRole('heading', { name: 'Add another authenticator app' }).waitFor();
  await page.goto(`${server.issuer}/account/security`);
  await page.getByRole('link', { name: 'Rename or remove Phone' }).click();
  yield 'the only app';
  await page.getByLabel('Name', { exact: true }).fill('A telephone whose name takes a whole line');
  await press(page, 'Rename');
  yield 'security, with an app and what was done';
  const attempt = { username: person.username, password: 'wrong' };
  for (let tries = 0; tries < 3; tries += 1) {
    await attemptSignIn(server.database, { sign_in_account: { most: 3, seconds: 900 } }, attempt, {});
  }
  await page.reload();
  yield 'security, with wrong passwords from elsewhere';
  await page.getByRole('link', { name: 'Let them try again now' }).click();
  yield 'letting others try again';
  await page.goto(`${server.issuer}/account/security/password`);
  await page.getByLabel('Current password').fill(person.password);
  await page.getByLabel('New password', { exact: true }).fill(recoveryCodes[0]?.slice(0, 9) ?? '');
  await press(page, 'Change password');
  yield 'password with an error';
}

async function* addingPasskey({ addPerson, server }: Scene, page: Page) {
  const person = await addPerson('member');
  await addVirtualAuthenticator(page);
  await page.goto(`${server.issuer}/account/security`);
  await signIn(page, person);
  yield 'security, with nothing set up';
  await page.getByRole('link', { name: 'Add a passkey' }).click();
  await page.getByRole('button', { name: 'Create a passkey' }).waitFor();
  yield 'adding a passkey';
  await page.getByLabel('Name of the passkey').fill('A laptop whose name takes a whole line');
  await press(page, 'Create a passkey');
  await page.getByRole('link', { name: 'I have saved them' }).click();
  await page.getByRole('link', { name: 'Rename or remove' }).waitFor();
  yield 'security, with a passkey';
  await page.getByRole('link', { name: 'Add another passkey' }).click();
  await press(page, 'Create a passkey');
  await page.getByText('This device has a passkey').waitFor();
  yield 'adding a passkey that is there';
  await page.goBack();
  await page.getByRole('link', { name: 'Rename or remove' }).click();
  yield 'the only passkey';
  await server.clock.advance(301);
  await page.reload();
  await page.getByRole('button', { name: 'Use a passkey instead' }).waitFor();
  yield 'the question where there is a passkey';
}

async function* provingPasskey({ client, addPerson, server }: Scene, page: Page) {
  const person = await addPerson('admin');
  const authenticator = await addVirtualAuthenticator(page);
  await page.goto(`${server.issuer}/account/security/passkeys/new`);
  await signIn(page, person);
  await page.goto(`${server.issuer}/account/security/passkeys/new`);
  await press(page, 'Create a passkey');
  await page.getByRole('link', { name: 'I have saved them' }).click();
  await client.goToIssuer(page, sensitive);
  yield 'passkey challenge';
  await authenticator.setVerified(false);
  await press(page, 'Use a passkey');
  await page.getByText('Nothing was confirmed').waitFor();
  yield 'passkey challenge that nobody confirmed';
  await page.evaluate("document.querySelector('form[data-passkey]').submit()");
  await page.getByRole('alert').waitFor();
  yield 'passkey challenge that was refused';
  await page.getByRole('link', { name: 'Use a recovery code' }).click();
  yield 'recovery where there is a passkey';
  await page.goto(`${server.issuer}/account/security/apps/new`);
  await enrol(page);
  await client.goToIssuer(page, { ...sensitive, prompt: 'login' });
  await page.evaluate("document.querySelector('form[data-passkey]').submit()");
  await page.getByRole('alert').waitFor();
  yield 're-authentication whose passkey was refused';
  await server.clock.advance(600);
  await signIn(page, person);
  yield 'challenge by code or passkey';
}

async function* needingPasskey({ client, addPerson, server }: Scene, page: Page) {
  const resistant = { acr_values: 'urn:curfew:acr:phr', prompt: 'login' };
  const person = await addPerson('admin');
  await page.goto(`${server.issuer}/account/security/apps/new`);
  await signIn(page, person);
  await page.goto(`${server.issuer}/account/security/apps/new`);
  const { secret } = await enrol(page);
  await server.clock.advance(600);
  await client.goToIssuer(page, resistant);
  await signIn(page, person);
  yield 'challenge by a code before a passkey is added';
  await enterCode(page, totpCode(secret));
  await page.getByRole('heading', { name: 'Add a passkey' }).waitFor();
  yield 'adding a passkey to go on';
  await addVirtualAuthenticator(page);
  await press(page, 'Create a passkey');
  await press(page, 'Allow');
  await server.clock.advance(600);
  await client.goToIssuer(page, { acr_values: 'urn:curfew:acr:phr' });
  yield 'challenge by a passkey alone';
}

async function* failing({ client, server }: Scene, page: Page) {
  await page.goto(`${server.issuer}/nothing`);
  yield 'an address with nothing';
  await page.goto(`${server.issuer}/auth?client_id=nobody&response_type=code`);
  yield 'an app that nobody knows';
  await page.goto(`${server.issuer}/session/end?id_token_hint=none`);
  yield 'a request that makes no sense';
  await page.goto(`${server.issuer}/interaction/none`);
  yield 'a sign-in that is over';
  await client.goToIssuer(page);
  const { name } = server.test;
  await asAdmin(`alter database ${name} connection limit 0`);
  await asAdmin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  await page.reload();
  yield 'an outage';
  await asAdmin(`alter database ${name} connection limit -1`);
}
