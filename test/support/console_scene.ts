import type { Page } from 'playwright-core';
import type { Person } from './browser.ts';
import { enrol, enterCode, heading, press, signIn } from './chromium_pages.ts';
import { openScene } from './chromium_scene.ts';
import type { Scene } from './chromium_scene.ts';
import { totpCode } from './totp.ts';

/** A scene in which administrators are operators, and members may look. */
export async function openConsoleScene(): Promise<Scene> {
  return await openScene({
    nameBegins: 'operator',
    change: (configuration) => ({
      ...configuration,
      scopes: new Map([
        ...(configuration.scopes ?? []),
        ['curfew:read', { name: 'curfew:read', description: 'See', roles: ['admin', 'member'] }],
        [
          'curfew:write',
          { name: 'curfew:write', description: 'Change', roles: ['admin'], stepUp: { mfaMaxAge: 300 } },
        ],
      ]),
    }),
  });
}

/** Go to a page of the console as an administrator; a sign-in and a second factor are answered on the way. */
export async function openConsole(
  page: Page,
  issuer: string,
  person: Person,
  path = '/console',
): Promise<void> {
  await page.goto(`${issuer}${path}`);
  await answerSignIn(page, person);
}

/** Answer what is asked for before the page that was wanted. */
export async function answerSignIn(page: Page, person: Person): Promise<void> {
  for (let steps = 0; steps < 4; steps += 1) {
    if (!new URL(page.url()).pathname.startsWith('/interaction/')) return;
    const title = await heading(page);
    if (title.startsWith('Sign in')) await signIn(page, person);
    else if (person.authenticator) await enterCode(page, totpCode(person.authenticator.secret));
    else {
      person.authenticator = await enrol(page);
      await press(page, 'I have saved them — continue');
    }
  }
}
