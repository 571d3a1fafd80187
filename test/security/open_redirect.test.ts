import assert from 'node:assert/strict';
import { listForms, listPages } from '../support/addresses.ts';
import {
  afterSignOut,
  authorizationUrl,
  keepSignedIn,
  signInBrowser,
  startAttackedServer,
} from '../support/attacked_server.ts';
import { createFormBrowser, findForm } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { shop } from '../support/example_configuration.ts';
import { rawRequest } from '../support/raw_request.ts';
import { redirectUri } from '../support/relying_party.ts';
import type { TestServer } from '../support/server.ts';

const evil = 'https://evil.example';

/** Names under which servers take an address to go on to. */
const names =
  'next,return_to,returnTo,return,redirect,redirect_to,redirect_uri,post_logout_redirect_uri,url,uri,continue,dest,target,target_link_uri,rd,RelayState,from,path'.split(
    ',',
  );

/** Addresses elsewhere, also as browsers read them that servers do not. */
const elsewhere = [
  evil,
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  'https:evil.example',
  '/.//evil.example',
];

/** What looks like the registered address and is another. */
const lookalikes: [what: string, uri: string][] = [
  ['elsewhere', `${evil}/callback`],
  ['a longer path', `${redirectUri}/more`],
  ['a query', `${redirectUri}?to=${evil}`],
  ['a fragment', `${redirectUri}#x`],
  ['an empty fragment', `${redirectUri}#`],
  ['another case', redirectUri.replace('callback', 'Callback')],
  ['a dot segment', `${redirectUri}/../callback`],
  ['an escaped dot segment', `${redirectUri}/%2e%2e/callback`],
  ['an escape', redirectUri.replace('callback', 'c%61llback')],
  ['another port', redirectUri.replace(':9', ':10')],
  ['another scheme', redirectUri.replace('http:', 'https:')],
  ['another spelling of the host', redirectUri.replace('127.0.0.1', 'localhost')],
  ['a number as host', redirectUri.replace('127.0.0.1', '2130706433')],
  ['the host as a name', redirectUri.replace('127.0.0.1:9', '127.0.0.1:9@evil.example')],
  ['the host as a subdomain', redirectUri.replace('127.0.0.1:9', '127.0.0.1.evil.example')],
  ['a backslash', redirectUri.replace('127.0.0.1:9', 'evil.example\\@127.0.0.1:9')],
  ['a space before', ` ${redirectUri}`],
  ['a line break after', `${redirectUri}\r\n`],
  ['a script', 'javascript:alert(1)//http://127.0.0.1:9/callback'],
  ['data', 'data:text/html,http://127.0.0.1:9/callback'],
  ['no scheme', '//127.0.0.1:9/callback'],
  ['a list', `${redirectUri} ${evil}`],
  ['nothing', ''],
];

describe('open redirect', () => {
  let server: TestServer;
  let signedIn: FormBrowser;
  let nobody: FormBrowser;

  before(async () => {
    server = await startAttackedServer();
    signedIn = await signInBrowser(server.issuer);
    nobody = createFormBrowser(server.issuer);
  });
  after(() => server.stop());

  function assertStays({ status, headers }: Response, what: string): void {
    assert.ok(status < 500, `${what}: ${status}`);
    const location = headers.get('location');
    if (location === null) return;
    const url = new URL(location, server.issuer);
    assert.equal(url.origin, server.issuer, `${what} leads to ${location}`);
    // Nor does it say where to go on from there.
    for (const [name, value] of url.searchParams) {
      const next = URL.parse(value, server.issuer)?.hostname;
      assert.notEqual(next, 'evil.example', `${what} leads to ${location}, and by ${name} to ${value}`);
    }
    assert.equal(headers.get('refresh'), null);
  }

  /** An error may go to the only address that the app has registered, to no other. */
  function assertRegistered(location: string | null): void {
    if (location !== null) assert.ok(location.startsWith(`${redirectUri}?error=`), location);
  }

  for (const path of listPages()) {
    it(`leads from ${path.replaceAll(/[0-9a-f-]{36}/g, '…')} nowhere else`, async () => {
      for (const target of elsewhere) {
        const query = new URLSearchParams(names.map((name): [string, string] => [name, target])).toString();
        for (const browser of [signedIn, nobody])
          assertStays(await browser.request(`${path}?${query}`), `${path}?${query}`);
      }
    });
  }

  for (const form of listForms()) {
    it(`leads from the form ${form} nowhere else`, async () => {
      let browser = await signInBrowser(server.issuer);
      for (const target of elsewhere) {
        // Signing out ends the session.
        browser = await keepSignedIn(server.issuer, browser);
        const page = await browser.open(
          form.includes(':uid') ? authorizationUrl(server.issuer, { prompt: 'consent' }) : '/account',
        );
        const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
        const path = form.replace('/interaction/:uid', page.url.pathname);
        const body = new URLSearchParams([
          ['csrf', csrf],
          ...names.map((name): [string, string] => [name, target]),
        ]);
        const headers = { origin: server.issuer, referer: `${evil}/page` };
        assertStays(await browser.request(path, { method: 'POST', body, headers }), `${path} to ${target}`);
      }
    });
  }

  for (const path of [
    '//evil.example',
    '//evil.example/account',
    '/\\evil.example',
    '/account//evil.example/..',
    '/%2fevil.example',
    '/account/',
    '/account/security/',
    '/interaction//evil.example',
    '/auth//evil.example',
  ]) {
    it(`does not put right the path ${path} by leading elsewhere`, async () => {
      const { status, head } = await rawRequest(server.issuer, `GET ${path} HTTP/1.1`, ['Host: localhost']);
      assert.equal(status, 404);
      assert.doesNotMatch(head, /^location:/im);
    });
  }

  describe('of an app', () => {
    for (const [what, uri] of lookalikes) {
      it(`is no redirect_uri with ${what}`, async () => {
        for (const browser of [signedIn, nobody]) {
          const url = authorizationUrl(server.issuer, { redirect_uri: uri, prompt: 'none' });
          const { status, headers } = await browser.request(url);
          if (what !== 'nothing') assert.equal(status, 400, url);
          assertRegistered(headers.get('location'));
          assert.doesNotMatch(headers.get('content-security-policy') ?? '', /evil/);
        }
      });

      it(`is not pushed as redirect_uri with ${what}`, async () => {
        const body = new URL(authorizationUrl(server.issuer, { redirect_uri: uri })).searchParams;
        body.delete('client_id');
        const authorization = `Basic ${btoa(`${shop.clientId}:${shop.secret}`)}`;
        const answer = await fetch(`${server.issuer}/request`, {
          method: 'POST',
          body,
          headers: { authorization },
        });
        assert.equal(answer.status, 400);
      });

      it(`is no post_logout_redirect_uri with ${what}`, async () => {
        const target = uri.replaceAll(redirectUri, afterSignOut).replaceAll('callback', 'bye');
        const browser = createFormBrowser(server.issuer);
        const query = { client_id: 'shop', post_logout_redirect_uri: target };
        const page = await browser.open(`/session/end?${new URLSearchParams(query).toString()}`);
        assert.equal(page.response.status, what === 'nothing' ? 200 : 400, page.text);
        assert.doesNotMatch(page.response.headers.get('content-security-policy') ?? '', /evil/);
      });
    }

    it('is no redirect_uri beside the registered one, in either order', async () => {
      for (const pair of [
        [redirectUri, evil],
        [evil, redirectUri],
      ]) {
        const url = new URL(authorizationUrl(server.issuer, { redirect_uri: undefined }));
        for (const uri of pair) url.searchParams.append('redirect_uri', uri);
        assertRegistered((await nobody.request(url)).headers.get('location'));
      }
    });

    it('is no registered address of another app', async () => {
      const url = authorizationUrl(server.issuer, { client_id: 'tv' });
      const { status, headers } = await nobody.request(url);
      assert.equal(status, 400);
      assert.equal(headers.get('location'), null);
    });

    it('is not where signing out leads without an app that has registered it', async () => {
      const browser = await signInBrowser(server.issuer);
      const page = await browser.open(
        `/session/end?post_logout_redirect_uri=${encodeURIComponent(afterSignOut)}`,
      );
      const done = await browser.submit(page, /confirm$/, { logout: 'yes' });
      assert.equal(done.url.origin, server.issuer);
      const asked = new URLSearchParams({ client_id: 'shop', post_logout_redirect_uri: afterSignOut });
      const right = await browser.open(`/session/end?${asked.toString()}`);
      const { hidden } = findForm(right.text, /confirm$/);
      const left = await browser.submit(right, /confirm$/, { ...hidden, logout: 'yes' });
      assert.equal(left.url.href, afterSignOut, 'the registered one is taken');
    });
  });
});
