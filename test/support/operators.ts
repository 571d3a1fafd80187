import { createFormBrowser, readSecret } from './browser.ts';
import type { FormBrowser, Person } from './browser.ts';
import { totpCode } from './totp.ts';

export type OpenedPage = Awaited<ReturnType<FormBrowser['open']>>;

/** Somebody at the console, in a browser without a window. */
export interface Operator {
  browser: FormBrowser;
  person: Person;
  /** Open a page, and sign in, step up or set up an authenticator where that is asked for on the way. */
  open(path: string): Promise<OpenedPage>;
  /** Send a form of a page; what it asks for on the way is answered. */
  submit(page: OpenedPage, action: RegExp, fields?: Record<string, string>): Promise<OpenedPage>;
}

export function createOperator(issuer: string, who: Person): Operator {
  const person = { ...who, authenticator: who.authenticator ?? { secret: '', recoveryCodes: [] } };
  const browser = createFormBrowser(issuer);

  async function answer(first: OpenedPage): Promise<OpenedPage> {
    let page = first;
    for (let steps = 0; steps < 8; steps += 1) {
      const { username, password, authenticator } = person;
      if (/action="[^"]*sign-in"/.test(page.text))
        page = await browser.submit(page, /sign-in$/, { username, password });
      else if (/action="[^"]*\/totp"/.test(page.text))
        page = await browser.submit(page, /totp$/, { code: totpCode(authenticator.secret) });
      else if (/action="\/interaction[^"]*\/enrol"/.test(page.text)) {
        authenticator.secret = readSecret(page.text);
        page = await browser.submit(page, /enrol$/, { code: totpCode(authenticator.secret) });
        page = await browser.submit(page, /continue$/);
      } else return page;
      if (page.response.status === 422) throw new Error('The sign-in was refused.');
    }
    return page;
  }

  return {
    browser,
    person,
    open: async (path) => await answer(await browser.open(`${issuer}${path}`)),
    submit: async (page, action, fields) => await answer(await browser.submit(page, action, fields)),
  };
}

/** The first heading of a page, as text. */
export function headingOf({ text }: OpenedPage): string {
  return /<h1>(.*?)<\/h1>/s.exec(text)?.[1] ?? '';
}
