import assert from 'node:assert/strict';
import { adminConfiguration } from '../support/administrators.ts';
import { createFormBrowser } from '../support/browser.ts';
import { ada, grace } from '../support/example_configuration.ts';
import { createOperator, headingOf } from '../support/operators.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { routes } from '../../src/admin/console/routes.ts';

describe('the console', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer(adminConfiguration());
  });
  after(() => server.stop());
  afterEach(() => server.clock.reset());

  describe('opens', () => {
    it('to whoever signs in with a role for it, and leads back to the page that was asked for', async () => {
      const operator = createOperator(server.issuer, ada);
      const page = await operator.open('/console?of=here');
      assert.equal(page.response.status, 200);
      assert.equal(headingOf(page), 'Overview');
      assert.equal(page.url.pathname + page.url.search, '/console?of=here');
      assert.match(page.text, /Signed in as <strong>ada<\/strong>, to look only/);
      assert.equal(page.response.headers.get('cache-control'), 'no-store');
    });

    it('to nobody whom no role makes an operator, and says so plainly', async () => {
      await server.apply({ users: [{ username: 'nobody', password: 'correct horse battery', roles: [] }] });
      const somebody = { username: 'nobody', password: 'correct horse battery' };
      const page = await createOperator(server.issuer, somebody).open('/console');
      assert.equal(page.response.status, 403);
      assert.equal(headingOf(page), 'Not for you');
      assert.doesNotMatch(page.text, /aria-label="Console"/);
    });

    it('to nobody where the configuration gives its scopes to no role', async () => {
      const configuration = adminConfiguration();
      const scopes = new Map(configuration.scopes);
      for (const scope of ['curfew:read', 'curfew:write']) scopes.delete(scope);
      await server.apply({ scopes });
      try {
        const page = await createOperator(server.issuer, grace).open('/console');
        assert.equal(page.response.status, 403);
      } finally {
        await server.apply(configuration);
      }
    });

    it('after a sign-in only pages of its own, whatever address the state names', async () => {
      const operator = createOperator(server.issuer, ada);
      await operator.open('/console');
      for (const state of [
        'https://evil.example/console',
        '//evil.example/console',
        '/account',
        '/console/../account',
      ]) {
        const answer = await operator.browser.request(`/console?state=${encodeURIComponent(state)}`);
        assert.equal(answer.headers.get('location'), '/console', state);
      }
      const own = encodeURIComponent('/console?of=here');
      const answer = await operator.browser.request(`/console?state=${own}`);
      assert.equal(answer.headers.get('location'), '/console?of=here');
    });
  });

  describe('holds each of its routes', () => {
    const samples: Record<string, string> = {};
    for (const { method, path, scope } of routes) {
      const name = `${method} /console${path}`;
      const address = `/console${path.replaceAll(/\{(\w+)\}/g, (_, key: string) => samples[key] ?? 'x')}`;

      it(`to a sign-in: ${name}`, async () => {
        const browser = createFormBrowser(server.issuer);
        const answer = await browser.request(address, { method });
        assert.equal(answer.status, 303);
        assert.match(answer.headers.get('location') ?? '', /^\/auth\?client_id=curfew\+account&/);
      });

      it(`to its scope and, for a change, to a fresh second factor: ${name}`, async () => {
        const reader = await reading();
        const answer = await reader.browser.request(address, { method });
        const isOpen = scope === 'curfew:read';
        if (!isOpen) assert.equal(answer.status, 403);
        else assert.ok([200, 404].includes(answer.status), String(answer.status));
        if (isOpen) return;
        const writer = await writing();
        await server.clock.advance(121);
        const stale = await writer.browser.request(address, {
          method,
          ...(method === 'POST' ? { body: new URLSearchParams({ csrf: writer.csrf }) } : {}),
        });
        assert.equal(stale.status, 303);
        assert.match(
          stale.headers.get('location') ?? '',
          /^\/auth\?.*acr_values=urn%3Acurfew%3Aacr%3Amfa&max_age=120$/,
        );
      });

      if (method === 'POST')
        it(`to the token of its form: ${name}`, async () => {
          const writer = await writing();
          const body = new URLSearchParams({ csrf: 'x' });
          const answer = await writer.browser.request(address, { method, body });
          assert.equal(answer.status, 403);
        });
    }

    async function reading() {
      const operator = createOperator(server.issuer, ada);
      await operator.open('/console');
      return operator;
    }

    async function writing() {
      await server.clock.reset();
      const operator = createOperator(server.issuer, { ...grace, authenticator: { ...authenticator } });
      const page = await operator.open('/console');
      Object.assign(authenticator, operator.person.authenticator);
      const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      return { ...operator, csrf };
    }
  });

  const authenticator = { secret: '', recoveryCodes: [] as string[] };
});
