import { readPasskeyRequest } from './passkeys.ts';
import type { SoftAuthenticator, Twist } from './soft_authenticator.ts';
import { totpCode } from './totp.ts';

/** A browser without a window: cookies by path, forms as pages give them, redirects one by one. */
export interface FormBrowser {
  /** Follow `url` through the issuer's pages, signing in and consenting, to the first address outside it. */
  authorize(url: URL | string, person: Person): Promise<URL>;
  /** One request with this browser's cookies; redirects are not followed. */
  request(url: URL | string, init?: RequestInit): Promise<Response>;
  /** Redirects followed inside the issuer; the last answer and its address. */
  open(url: URL | string, init?: RequestInit): Promise<{ url: URL; response: Response; text: string }>;
  /** Submit the form of a page whose action matches, its hidden fields included. */
  submit(
    page: { url: URL; text: string },
    action: RegExp,
    fields?: Record<string, string>,
  ): ReturnType<FormBrowser['open']>;
  /** As what it introduces itself. */
  userAgent: string | undefined;
  /** Do what a page of sign-in, second factor or consent asks for; undefined: it asks for nothing. */
  answer(
    page: { url: URL; text: string },
    person: Person,
  ): Promise<Awaited<ReturnType<FormBrowser['open']>> | undefined>;
  /** Every cookie that it was sent, as it came. */
  readonly setCookies: readonly string[];
  clearCookies(): void;
  /** Take a cookie that somebody else set, such as another host of the domain: it is sent before our own. */
  plant(cookie: { name: string; value: string; path?: string }): void;
  cookie(name: string): string | undefined;
}

export interface Person {
  username: string;
  password: string;
  /** What to do at consent; allow by default. */
  deny?: boolean;
  /** The authenticator: empty until it is set up on the way. */
  authenticator?: Authenticator;
  /** In the place of a code; `alone`: of name and password, too. */
  passkey?: { device: SoftAuthenticator; alone?: boolean; twist?: Twist };
}

export interface Authenticator {
  secret: string;
  recoveryCodes: string[];
}

interface Cookie {
  name: string;
  value: string;
  path: string;
}

export function createFormBrowser(
  issuer: string,
  {
    userAgent,
    via,
  }: { userAgent?: string /** Where the server listens, if not at the issuer. */; via?: string } = {},
): FormBrowser {
  const setCookies: string[] = [];
  let cookies: Cookie[] = [];
  const home = new URL(issuer);

  async function request(target: URL | string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(target, issuer);
    const header = cookies
      .filter(({ path }) => url.pathname.startsWith(path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const headers = new Headers(init.headers);
    if (!headers.has('accept')) headers.set('accept', 'text/html');
    if (header) headers.set('cookie', header);
    if (browser.userAgent !== undefined) headers.set('user-agent', browser.userAgent);
    const to = via === undefined ? url : new URL(url.pathname + url.search, via);
    const response = await fetch(to, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) keep(line);
    return response;
  }

  function keep(line: string): void {
    setCookies.push(line);
    const [pair = '', ...attributes] = line.split(/;\s*/);
    const [name = '', ...rest] = pair.split('=');
    const path = attributes.find((entry) => /^path=/i.test(entry))?.slice(5) ?? '/';
    const gone = attributes.some((entry) => /^expires=Thu, 01 Jan 1970/i.test(entry));
    cookies = cookies.filter((cookie) => cookie.name !== name || cookie.path !== path);
    if (!gone) cookies.push({ name, value: rest.join('='), path });
  }

  async function open(target: URL | string, init?: RequestInit) {
    let url = new URL(target, issuer);
    let response = await request(url, init);
    for (let hops = 0; hops < 15 && response.headers.has('location'); hops += 1) {
      url = new URL(response.headers.get('location') ?? '', url);
      if (url.origin !== home.origin) return { url, response, text: '' };
      response = await request(url);
    }
    return { url, response, text: await response.text() };
  }

  const browser: FormBrowser = {
    userAgent,
    setCookies,
    request,
    open,
    clearCookies() {
      cookies = [];
    },
    plant({ name, value, path = '/' }) {
      cookies = [{ name, value, path }, ...cookies];
    },
    cookie: (name) => cookies.find((cookie) => cookie.name === name)?.value,
    async submit(page, action, fields = {}) {
      const form = findForm(page.text, action);
      const body = new URLSearchParams({ ...form.hidden, ...fields });
      return await open(new URL(form.action, page.url), {
        method: 'POST',
        body,
        headers: { origin: home.origin },
      });
    },
    async answer(page, person) {
      const { authenticator } = person;
      const asked = person.passkey && findAskedPasskey(page.text, person.passkey);
      const asks = (form: RegExp) => form.test(page.text);
      if (person.passkey && asked) {
        const { device, twist } = person.passkey;
        const credential = device.get(readPasskeyRequest(page.text, asked), twist);
        return await browser.submit(page, asked, { credential });
      }
      if (asks(/action="[^"]*sign-in"/)) {
        const { username, password } = person;
        return await browser.submit(page, /sign-in$/, { username, password });
      }
      if (asks(/action="[^"]*\/consent"/))
        return await browser.submit(page, person.deny ? /cancel$/ : /\/consent$/);
      if (authenticator && asks(/action="[^"]*\/totp"/))
        return await browser.submit(page, /totp$/, { code: totpCode(authenticator.secret) });
      if (authenticator && asks(/action="[^"]*\/enrol"/)) {
        authenticator.secret = readSecret(page.text);
        const codes = await browser.submit(page, /enrol$/, { code: totpCode(authenticator.secret) });
        authenticator.recoveryCodes = readRecoveryCodes(codes.text);
        return await browser.submit(codes, /continue$/);
      }
      return undefined;
    },
    async authorize(url, person) {
      let page = await open(url);
      for (let steps = 0; steps < 10 && page.url.origin === home.origin; steps += 1) {
        const next = await browser.answer(page, person);
        if (!next)
          throw new Error(
            `Unexpected page at ${page.url.pathname} (${page.response.status}): ${page.text.slice(0, 1500)}`,
          );
        page = next;
        if (page.response.status === 422) throw new Error('The sign-in was refused.');
      }
      return page.url;
    },
  };
  return browser;
}

/** The form of the page that this person answers with a passkey. */
function findAskedPasskey(text: string, { alone = false }: { alone?: boolean }): RegExp | undefined {
  if (alone && /action="[^"]*\/passkey-login"/.test(text)) return /\/passkey-login$/;
  return /action="[^"]*\/passkey"/.test(text) ? /\/passkey$/ : undefined;
}

/** The secret from the `otpauth://` link of an enrolment page. */
export function readSecret(text: string): string {
  const uri = new URL(decode(/href="(otpauth:[^"]*)"/.exec(text)?.[1] ?? 'otpauth://none'));
  return uri.searchParams.get('secret') ?? '';
}

export function readRecoveryCodes(text: string): string[] {
  return [...text.matchAll(/>((?:[0-9a-z]{4}-){3}[0-9a-z]{4})</g)].map(([, code = '']) => code);
}

/** The first form whose action matches, with its hidden fields. */
export function findForm(text: string, action: RegExp): { action: string; hidden: Record<string, string> } {
  for (const [, head = '', body = ''] of text.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)) {
    const target = decode(/action="([^"]*)"/.exec(head)?.[1] ?? '');
    if (!action.test(target)) continue;
    const hidden: Record<string, string> = {};
    for (const [input] of body.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(input)?.[1];
      if (name) hidden[name] = decode(/value="([^"]*)"/.exec(input)?.[1] ?? '');
    }
    return { action: target, hidden };
  }
  throw new Error(`No form with an action like ${action} in: ${text.slice(0, 500)}`);
}

function decode(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
