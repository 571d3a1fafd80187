import type { Page } from 'playwright-core';
import type { Authenticator, Person } from './browser.ts';
import { totpCode } from './totp.ts';

/** Fill in the sign-in page and send it. */
export async function signIn(page: Page, { username, password }: Person): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.locator('main form button[type=submit]').first().click();
}

export async function press(page: Page, button: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** Set up an authenticator on the enrolment page, as far as the page with the recovery codes. */
export async function enrol(page: Page): Promise<Authenticator> {
  const link = await page.getByRole('link', { name: 'Open in the app' }).getAttribute('href');
  const secret = new URL(link ?? '').searchParams.get('secret') ?? '';
  await page.getByLabel('Code from the app').fill(totpCode(secret));
  await press(page, 'Turn it on');
  const recoveryCodes = await page.locator('#codes li').allTextContents();
  return { secret, recoveryCodes };
}

/** Answer the page that asks for a code. */
export async function enterCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code from your authenticator app').fill(code);
  await press(page, 'Continue');
}

export function heading(page: Page): Promise<string> {
  return page.getByRole('heading', { level: 1 }).innerText();
}
