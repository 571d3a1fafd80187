import { createHash, randomBytes } from 'node:crypto';
import type { FormBrowser } from '../../support/browser.ts';
import { readPasskeyRequest } from '../../support/passkeys.ts';
import { redirectUri } from '../../support/relying_party.ts';
import { totpCode } from '../../support/totp.ts';
import type { AuthorizationRequest, Page } from '../gate/authorize.ts';
import type { StagePerson } from './stage.ts';

export interface Walk {
  pages: Page[];
  outcome: { code: string; verifier: string } | 'refused' | { error: string };
}

/** Walk through the pages of an authorization request, noting each, to the code, the error or the refused sign-in. */
export async function walkPages(
  browser: FormBrowser,
  issuer: string,
  person: StagePerson,
  request: AuthorizationRequest,
): Promise<Walk> {
  const verifier = randomBytes(32).toString('base64url');
  const home = new URL(issuer).origin;
  const pages: Page[] = [];
  let page = await browser.open(authorizationUrl(issuer, request, verifier));
  for (let steps = 0; steps < 6 && page.url.origin === home; steps += 1) {
    const next = findPage(page.text);
    if (!next)
      throw new Error(
        `Unexpected page at ${page.url.pathname} (${page.response.status}): ${page.text.slice(0, 1000)}`,
      );
    if (page.response.status === 422) return { pages, outcome: 'refused' };
    pages.push(next.name);
    page = await browser.submit(page, next.action, next.fields(person, page.text));
  }
  const code = page.url.searchParams.get('code');
  return { pages, outcome: code ? { code, verifier } : { error: page.url.searchParams.get('error') ?? '' } };
}

const forms: {
  name: Page;
  action: RegExp;
  fields(person: StagePerson, text: string): Record<string, string>;
}[] = [
  { name: 'sign-in', action: /sign-in$/, fields: ({ username, password }) => ({ username, password }) },
  { name: 'totp', action: /\/totp$/, fields: ({ totpSecret }) => ({ code: totpCode(totpSecret) }) },
  {
    name: 'passkey',
    action: /\/passkey$/,
    fields: ({ device }, text) => ({ credential: device.get(readPasskeyRequest(text, /\/passkey$/)) }),
  },
  { name: 'consent', action: /\/consent$/, fields: () => ({}) },
];

function findPage(text: string) {
  const actions = [...text.matchAll(/<form[^>]*action="([^"]*)"/g)].map(([, action = '']) => action);
  return forms.find(({ action }) => actions.some((entry) => action.test(entry)));
}

function authorizationUrl(issuer: string, request: AuthorizationRequest, verifier: string): string {
  const { client, scopes, offline, again, silent } = request;
  const prompts = [...(again ? ['login'] : []), ...(offline ? ['consent'] : []), ...(silent ? ['none'] : [])];
  const url = new URL('/auth', issuer);
  url.search = new URLSearchParams({
    client_id: client,
    response_type: 'code',
    redirect_uri: redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    scope: [...scopes, ...(offline ? ['offline_access'] : [])].join(' '),
    ...(prompts.length > 0 ? { prompt: prompts.join(' ') } : {}),
  }).toString();
  for (const resource of request.resources) url.searchParams.append('resource', resource);
  return url.href;
}
