import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { adminConfiguration } from '../support/administrators.ts';
import { createFormBrowser } from '../support/browser.ts';
import type { Person } from '../support/browser.ts';
import { ada, grace, joan, shop } from '../support/example_configuration.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';
import { listEvents } from '../support/gate.ts';
import { listAccountEvents } from '../support/operations.ts';
import { sqlOne } from '../support/sql.ts';
import { storeSession } from '../support/stored_facts.ts';
import { createOperator, headingOf } from '../support/operators.ts';
import type { Operator } from '../support/operators.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { recordEvent } from '../../src/events/record_event.ts';
import { routes } from '../../src/admin/console/routes.ts';

describe('the console', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer(adminConfiguration());
  });
  after(() => server.stop());

  const nextOf = ({ text }: { text: string }) =>
    /href="([^"]+)">(?:Next page|Look further)/.exec(text)?.[1]?.replaceAll('&#38;', '&') ?? '';

  type Working = Operator & { csrf: string };
  const working = new Map<string, Working>();
  /** One browser for each: a sign-in costs of what an address is allowed, and no code is taken twice. */
  async function atWork(person: Person): Promise<Working> {
    const known = working.get(person.username);
    if (known) return known;
    const operator = createOperator(server.issuer, person);
    const page = await operator.open('/console');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    working.set(person.username, { ...operator, csrf });
    return { ...operator, csrf };
  }

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
      assert.equal(headingOf(page), 'For operators only');
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
    const samples: Record<string, string> = { name: 'member' };
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
        const reader = await atWork(ada);
        const answer = await reader.browser.request(address, { method });
        const isOpen = scope === 'curfew:read';
        if (!isOpen) assert.equal(answer.status, 403);
        else assert.ok([200, 404].includes(answer.status), String(answer.status));
        if (isOpen) return;
        const writer = await atWork(grace);
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
          const writer = await atWork(grace);
          const body = new URLSearchParams({ csrf: 'x' });
          const answer = await writer.browser.request(address, { method, body });
          assert.equal(answer.status, 403);
        });
    }
  });

  describe('shows live sessions', () => {
    it('by person, app and policy, and those that end within the hour', async () => {
      const operator = await atWork(ada);
      const rows = async (query: string) => {
        const { text } = await operator.open(`/console/sessions?${query}`);
        return [...text.matchAll(/<th scope="row"[^>]*>(.*?)<\/th>/gs)].map(([, cell = '']) =>
          cell.replaceAll(/<[^>]+>/g, '').trim(),
        );
      };
      assert.ok((await rows('')).includes('ada'));
      await createOperator(server.issuer, joan).open('/account');
      assert.deepEqual([...new Set(await rows('person=JOAN'))], ['joan']);
      assert.deepEqual(await rows('person=nobody-at-all'), []);
      assert.ok((await rows('policy=member')).includes('ada'));
      assert.deepEqual(await rows('policy=default'), []);
      assert.deepEqual(await rows('client=shop'), []);
      const party = await createRelyingParty(server.issuer, shop);
      await party.signIn(joan);
      assert.deepEqual(await rows('client=shop'), ['joan']);
      assert.deepEqual(await rows('client=shop&soon=1'), ['joan'], 'idle after an hour');
      assert.deepEqual(await rows(`cursor=${'x'.repeat(20)}&person=joan&client=shop`), ['joan']);
    });

    it('page by page', async () => {
      const operator = await atWork(ada);
      const { account_id: accountId } = await sqlOne<{ account_id: string }>(
        server.database,
        `select account_id from accounts where username = 'grace'`,
      );
      for (let count = 0; count < 60; count += 1)
        await storeSession(server.database, { accountId, clientIds: [`many-${count}`, 'many'] });
      const idsOf = ({ text }: { text: string }) =>
        [...text.matchAll(/<td[^>]*>(many-\d+)/g)].map(([, id = '']) => id);
      const first = await operator.open('/console/sessions?client=many');
      assert.equal(idsOf(first).length, 50);
      const seen = new Set(idsOf(first));
      let next = nextOf(first);
      // The sweeper may move some further down meanwhile: none is missed, some may come twice.
      for (let pages = 0; next !== '' && pages < 5; pages += 1) {
        const page = await operator.open(next);
        assert.match(page.text, /From the beginning/);
        for (const id of idsOf(page)) seen.add(id);
        next = nextOf(page);
      }
      assert.equal(seen.size, 60);
    });

    it('and ends those that are chosen, with a reason that their people are told', async () => {
      const person = createOperator(server.issuer, ada);
      await person.open('/account');
      const other = createOperator(server.issuer, joan);
      await other.open('/account');
      const operator = await atWork(grace);
      const idOf = async (username: string) => {
        const { session_id: id } = await sqlOne<{ session_id: string }>(
          server.database,
          `select session_id from sessions join accounts using (account_id)
           where username = $1 and ended_at is null order by started_at desc limit 1`,
          username,
        );
        const list = await operator.open(`/console/sessions?person=${username}`);
        assert.ok(list.text.includes(`value="${id}"`), username);
        return id;
      };
      const [first, second] = [await idOf('ada'), await idOf('joan')];
      const page = await operator.open(
        `/console/sessions/end?session=${first}&session=${second}&session=none`,
      );
      assert.equal(headingOf(page), 'End these 2 sessions?');
      const wrong = await operator.submit(page, /sessions\/end$/, { reason: ' ' });
      assert.equal(wrong.response.status, 422);
      const reversed = await operator.submit(page, /sessions\/end$/, { reason: 'a \u202e b' });
      assert.match(reversed.text, /direction of writing/);
      const after = await operator.submit(page, /sessions\/end$/, { reason: 'We move to <new> servers.' });
      assert.match(after.text, /role="status"[^>]*>2 sessions have ended\./);
      const back = await person.browser.open('/account');
      assert.match(back.text, /an operator, who says: “We move to &#60;new&#62; servers\.”/);
      const event = (await listEvents(server.database)).findLast(
        ({ name, session_id: id }) => name === 'session.ended' && id === first,
      );
      assert.equal(event?.detail.reason, 'ended_by_operator');
      assert.match(String(event?.detail.actor), /^admin:/);
      const again = await operator.submit(page, /sessions\/end$/, { reason: 'Once more.' });
      assert.match(again.text, /0 sessions have ended\./);
    });
  });

  describe('looks after accounts', () => {
    const named = async (username: string) => {
      const { account_id: accountId } = await sqlOne<{ account_id: string }>(
        server.database,
        'select account_id from accounts where username = $1',
        username,
      );
      return { accountId, path: `/console/accounts/${accountId}` };
    };
    it('finds them by the beginning of the username and by role, and shows one', async () => {
      const operator = await atWork(ada);
      const { path } = await named('joan');
      const list = await operator.open('/console/accounts?username=JO&role=admin');
      assert.match(list.text, new RegExp(`href="${path}">joan<`));
      assert.doesNotMatch(list.text, />ada<\/a>/);
      const page = await operator.open(path);
      assert.equal(headingOf(page), 'Account joan');
      assert.match(page.text, /<dt>Password<\/dt><dd>Set<\/dd>/);
      assert.match(page.text, /<code>sign_in\.succeeded<\/code>/);
      assert.doesNotMatch(page.text, /Disable the account/, 'who may only look is offered no change');
      assert.equal((await operator.open('/console/accounts/nobody')).response.status, 404);
    });

    it('disables and enables, ends access, removes factors, forgets wrong passwords, each in the trail', async () => {
      const operator = await atWork(grace);
      const { accountId, path } = await named('ada');
      for (const part of ['disable', 'enable', 'end-access', 'reset-mfa', 'unlock']) {
        const page = await operator.open(`${path}/${part}`);
        const after = await operator.submit(page, new RegExp(`${part}$`));
        assert.equal(after.url.pathname, path, part);
        assert.match(after.text, /role="status"/, part);
      }
      const events = (await listAccountEvents(server.database, accountId)).filter(({ detail }) =>
        String(detail.actor).startsWith('admin:'),
      );
      const names = events.map(({ name }) => name);
      for (const name of ['account.disabled', 'account.enabled', 'account.factors_removed'])
        assert.ok(names.includes(name), name);
    });

    it('changes roles, refuses what was changed meanwhile, and keeps the last administrator', async () => {
      const operator = await atWork(grace);
      const { path } = await named('joan');
      const page = await operator.open(`${path}/roles`);
      assert.match(page.text, /value="admin" checked/);
      const saved = await operator.submit(page, /roles$/, { role: 'member' });
      assert.match(saved.text, /<dt>Roles<\/dt><dd>member<\/dd>/);
      const stale = await operator.submit(page, /roles$/, { role: 'admin' });
      assert.equal(stale.response.status, 409);
      assert.match(stale.text, /was changed meanwhile/);
      const { path: own } = await named('grace');
      const last = await operator.submit(await operator.open(`${own}/disable`), /disable$/);
      assert.equal(last.response.status, 409);
      assert.match(last.text, /No administrator would be left/);
    });

    it('invites somebody, and makes a link that is shown once', async () => {
      const operator = await atWork(grace);
      const form = await operator.open('/console/new-account');
      const taken = await operator.submit(form, /new-account$/, { username: 'ADA' });
      assert.equal(taken.response.status, 422);
      assert.match(taken.text, /already an account/);
      const wrong = await operator.submit(form, /new-account$/, { username: 'new', email: 'none' });
      assert.match(wrong.text, /This is no e-mail address/);
      const made = await operator.submit(form, /new-account$/, { username: 'newcomer', role: 'member' });
      const link = /<code>(http[^<]+)<\/code>/.exec(made.text)?.[1] ?? '';
      const opened = await createFormBrowser(server.issuer).open(link);
      assert.match(opened.text, /newcomer/);
      const { path } = await named('newcomer');
      const again = await operator.submit(await operator.open(`${path}/password-link`), /password-link$/);
      assert.notEqual(/<code>(http[^<]+)<\/code>/.exec(again.text)?.[1], link);
      assert.doesNotMatch((await operator.open(path)).text, /token=/);
    });
  });

  describe('shows the trail', () => {
    it('by what happened, to whom and when, page by page', async () => {
      const operator = await atWork(ada);
      const names = ({ text }: { text: string }) =>
        [...text.matchAll(/<td[^>]*><code>(.*?)<\/code>/g)].map(([, name = '']) => name);
      for (let count = 0; count < 55; count += 1)
        await server.database.transaction((tx) =>
          recordEvent(tx, 'stream.updated', { clientId: '=1+1' }, {}, { count }),
        );
      const first = await operator.open('/console/audit?name=stream.');
      assert.deepEqual([...new Set(names(first))], ['stream.updated']);
      assert.equal(names(first).length, 50);
      const next = nextOf(first);
      assert.equal(names(await operator.open(next)).length, 5);
      const own = await operator.open('/console/audit?account=grace&name=account.');
      assert.ok(names(own).includes('account.created'));
      assert.deepEqual(names(await operator.open('/console/audit?account=nobody-at-all')), []);
      const today = new Date().toISOString().slice(0, 10);
      const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
      assert.equal(
        names(await operator.open(`/console/audit?name=stream.&from=${today}&to=${today}`)).length,
        50,
      );
      assert.equal(names(await operator.open(`/console/audit?from=${tomorrow}`)).length, 0);
      assert.equal(names(await operator.open('/console/audit?to=2020-01-01')).length, 0);
    });

    it('as a file: CSV in which nothing is a formula, and JSON', async () => {
      const { browser } = await atWork(ada);
      const csv = await browser.request('/console/audit.csv?name=stream.');
      assert.match(csv.headers.get('content-disposition') ?? '', /attachment; filename="trail.csv"/);
      const lines = (await csv.text()).trim().split('\r\n');
      assert.equal(lines.length, 56);
      assert.match(lines[1] ?? '', /,"'=1\+1",.*"\{""count"":54\}"$/);
      const json = await (await browser.request('/console/audit.json?name=stream.')).json();
      assert.equal((json as unknown[]).length, 55);
      assert.deepEqual(await (await browser.request('/console/audit.json?name=none')).json(), []);
    });
  });

  it('shows notices that were given up, and tries them again', async () => {
    const operator = await atWork(grace);
    const { notice_id: id } = await sqlOne<{ notice_id: string }>(
      server.database,
      `insert into notices (kind, receiver, payload, dead_at, last_error)
       values ('backchannel_logout', 'shop', '{}', curfew_now(), 'refused <b>') returning notice_id`,
    );
    const list = await operator.open('/console/notices');
    assert.match(list.text, /refused &#60;b&#62;/);
    const page = await operator.open(`/console/notices/replay?notice=${id}`);
    assert.equal(headingOf(page), 'Try one notice again?');
    const after = await operator.submit(page, /replay$/);
    assert.match(after.text, /One notice is tried again\./);
    const unknown = await operator.open(`/console/notices/replay?notice=${randomUUID()}`);
    assert.equal((await operator.submit(unknown, /replay$/)).response.status, 409);
  });

  describe('adds apps', () => {
    const add = async (kind: string, fields: Record<string, string>) => {
      const operator = await atWork(grace);
      const form = await operator.open(`/console/new-client/${kind}`);
      const page = await operator.submit(form, /new-client/, fields);
      // Whoever looks at it next has the server read the new configuration.
      await operator.open('/console/clients');
      return page;
    };
    const secretOf = ({ text }: { text: string }) =>
      /class="secret-line"><code>(.*?)<\/code>/.exec(text)?.[1] ?? '';

    for (const kind of ['web', 'bff', 'spa']) {
      it(`that people sign in to: ${kind}`, async () => {
        const clientId = `new-${kind}`;
        const page = await add(kind, {
          client_id: clientId,
          redirect_uri: redirectUri,
          scope: 'openid profile email',
        });
        assert.equal(headingOf(page), `The app ${clientId} is added`);
        assert.match(page.text, /openid-client/);
        const secret = secretOf(page);
        assert.equal(secret === '', kind === 'spa');
        const party = await createRelyingParty(server.issuer, { clientId, ...(secret ? { secret } : {}) });
        assert.ok((await party.signIn(joan)).refresh_token);
        const operator = await atWork(grace);
        const shown = await operator.open(`/console/clients/${clientId}`);
        assert.equal(headingOf(shown), `App ${clientId}`);
        assert.ok(secret === '' || !shown.text.includes(secret));
      });
    }

    it('that act for themselves', async () => {
      const page = await add('service', { client_id: 'new-service', scope: 'reports.read' });
      const resource = /-d resource=(\S+)/.exec(page.text)?.[1] ?? '';
      const answer = await fetch(`${server.issuer}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`new-service:${secretOf(page)}`).toString('base64')}`,
        },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope: 'reports.read' }),
      });
      assert.equal(answer.status, 200, await answer.text());
    });

    it('that show a code', async () => {
      const page = await add('device', { client_id: 'new-tool', scope: 'openid offline_access' });
      assert.equal(secretOf(page), '');
      const answer = await fetch(`${server.issuer}/device/auth`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'new-tool', scope: 'openid offline_access' }),
      });
      assert.equal(answer.status, 200);
    });

    it('only as the configuration file would, and says at the field what is wrong', async () => {
      const refused: [fields: Record<string, string>, field: string][] = [
        [{ client_id: 'shop', redirect_uri: 'https://a.example/cb' }, 'client_id'],
        [{ client_id: 'with space', redirect_uri: 'https://a.example/cb' }, 'client_id'],
        [{ client_id: 'a', redirect_uri: 'nowhere' }, 'redirect_uri'],
        [{ client_id: 'a', redirect_uri: 'http://a.example/cb' }, 'redirect_uri'],
        [{ client_id: 'a', redirect_uri: 'https://a.example/cb', scope: 'no-such-scope' }, 'scope'],
      ];
      for (const [fields, field] of refused) {
        const page = await add('web', fields);
        assert.equal(page.response.status, 422, JSON.stringify(fields));
        assert.match(page.text, new RegExp(`<a href="#${field}">`), JSON.stringify(fields));
        assert.equal(secretOf(page), '');
      }
      const operator = await atWork(grace);
      assert.equal((await operator.open('/console/new-client/none')).response.status, 404);
      assert.match((await operator.open('/console/clients?id=new-')).text, /new-tool/);
    });
  });

  it('holds policies against the baselines that they claim, on a page and as a file', async () => {
    const { policies } = adminConfiguration();
    const claiming = { limits: { session_idle: 7200 }, baselines: ['pci-dss-4.0.1'] };
    await server.apply({ policies: new Map([...policies, ['claiming', claiming]]) });
    const operator = await atWork(ada);
    const page = await operator.open('/console/reports');
    assert.match(page.text, /Policy claiming: [^<]*PCI DSS/);
    assert.match(page.text, /<span class="verdict fail">fail<\/span>/);
    const file = await operator.browser.request('/console/reports/compliance.html');
    assert.match(file.headers.get('content-disposition') ?? '', /^attachment/);
    assert.match(await file.text(), /Policy claiming/);
  });
});
