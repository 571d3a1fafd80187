import assert from 'node:assert/strict';
import { createFormBrowser, findForm, readSecret } from '../support/browser.ts';
import type { FormBrowser, Person } from '../support/browser.ts';
import { ada, api, exampleConfiguration, grace, portal, shop } from '../support/example_configuration.ts';
import { assertRefused, listEvents } from '../support/gate.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { totpCode } from '../support/totp.ts';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';
const offline = { scope: 'openid offline_access', prompt: 'consent' };
const page = '/account/sessions';

type Page = Awaited<ReturnType<FormBrowser['open']>>;

describe('the sessions of an account', () => {
  let server: TestServer;
  let a: FormBrowser;
  let b: FormBrowser;

  before(async () => {
    const rate_limits = { sign_in_address: { most: 1000, seconds: 600 } };
    server = await startTestServer({ ...exampleConfiguration(), rate_limits });
  });
  after(() => server.stop());
  beforeEach(async () => {
    await sql(
      server.database,
      `update sessions set ended_at = curfew_now(), end_reason = 'ended_by_operator'`,
    );
    await sql(
      server.database,
      `update families set ended_at = curfew_now(), end_reason = 'ended_by_operator'`,
    );
    a = createFormBrowser(server.issuer, { userAgent: firefox });
    b = createFormBrowser(server.issuer, { userAgent: iphone });
  });
  afterEach(() => server.clock.reset());

  const party = (browser: FormBrowser, client = shop): Promise<RelyingParty> =>
    createRelyingParty(server.issuer, client, browser);

  /** Open an account page, signing in on the way. */
  async function visit(browser: FormBrowser, person: Person = ada, path = page): Promise<Page> {
    const first = await browser.open(path);
    const { username, password } = person;
    return first.url.pathname === path
      ? first
      : await browser.submit(first, /sign-in$/, { username, password });
  }

  const sessionOf = async (browser: FormBrowser): Promise<string> => {
    const cookie = browser.cookie('curfew_session') ?? '';
    const { session_id: id } = await sqlOne<{ session_id: string }>(
      server.database,
      `select session_id from sessions where cookie_hash = sha256(convert_to($1, 'UTF8'))`,
      cookie,
    );
    return id;
  };

  const endsOf = async (id: string): Promise<unknown[]> =>
    (await listEvents(server.database))
      .filter(({ name, session_id: of }) => name === 'session.ended' && of === id)
      .map(({ detail }) => detail.reason);

  const post = (browser: FormBrowser, path: string, fields: Record<string, string>, headers = {}) =>
    browser.request(path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: server.issuer, ...headers },
    });

  const tokenOn = (text: string): string => findForm(text, /sign-out$/).hidden.csrf ?? '';

  it('are shown after the ordinary sign-in, which leads back to the page', async () => {
    const shown = await visit(a);
    assert.equal(shown.url.href, server.issuer + page);
    assert.equal(shown.response.status, 200);
    assert.equal(shown.response.headers.get('cache-control'), 'no-store');
    assert.match(shown.text, /<h2>This browser<\/h2><div class="access"><h3>Firefox on Linux<\/h3>/);
    assert.match(shown.text, /You are signed in nowhere else/);
  });

  it('tell browser, address, apps, start, activity and both ends of each', async () => {
    await (await party(b)).signIn(ada);
    await (await party(b, portal)).signIn(ada);
    await server.clock.advance(600);
    const { text } = await visit(a);
    const other = text.slice(text.indexOf('<h2>Other browsers'));
    assert.match(other, /Safari on iPhone/);
    assert.match(other, /From (127\.0\.0\.1|::1)\. Apps: The portal, The shop\./);
    assert.match(other, /Signed in<\/dt><dd>10 minutes ago <time/);
    assert.match(other, /Last active<\/dt><dd>10 minutes ago <time/);
    assert.match(other, /Ends when idle<\/dt><dd>in 49 minutes <time/);
    assert.match(other, /Ends in any case<\/dt><dd>in 23 hours 49 minutes <time/);
  });

  it('are shown to nobody but their own person', async () => {
    await visit(a);
    const { text } = await visit(b, grace);
    assert.doesNotMatch(text, /Firefox/);
    assert.ok(!text.includes(await sessionOf(a)));
  });

  it('are not shown once a limit has passed, swept or not', async () => {
    await visit(b);
    await server.clock.advance(3600);
    assert.match((await visit(a)).text, /You are signed in nowhere else/);
  });

  it('are no more active for being looked at', async () => {
    await visit(a);
    await server.clock.advance(3599);
    assert.match((await visit(a)).text, /Last active<\/dt><dd>59 minutes ago/);
    await server.clock.advance(1);
    const { text } = await a.open(page);
    assert.match(text, /You were signed out after 1 hour without activity/);
  });

  it('take the second factor that the policy always asks for, also of whoever is signed in already', async () => {
    await visit(a, grace);
    const { policies } = exampleConfiguration();
    const limits = { ...policies.get('admin')?.limits, mfa: 'always' as const };
    await server.apply({ policies: new Map([...policies, ['admin', { limits, baselines: [] }]]) });
    const enrolment = await a.open(page);
    const secret = readSecret(enrolment.text);
    const codes = await a.submit(enrolment, /enrol$/, { code: totpCode(secret) });
    assert.equal((await a.submit(codes, /continue$/)).url.href, server.issuer + page);
    assert.equal((await a.open(page)).url.pathname, page);

    await server.clock.advance(60);
    const challenge = await visit(b, grace);
    assert.match(challenge.text, /Enter your code/);
    assert.match((await b.open(page)).text, /Enter your code/, 'the password alone lets nobody in');
    const shown = await b.submit(challenge, /totp$/, { code: totpCode(secret) });
    assert.equal(shown.url.href, server.issuer + page);
    await server.apply({ policies });
  });

  it('let everybody sign out, also who cannot give the second factor that the policy asks for', async () => {
    const before = await visit(a, grace);
    const { policies } = exampleConfiguration();
    const limits = { ...policies.get('admin')?.limits, mfa: 'always' as const };
    await server.apply({ policies: new Map([...policies, ['admin', { limits, baselines: [] }]]) });
    const closed = await a.open('/account?error=access_denied');
    assert.match(closed.text, /You can sign out\s+without it/);
    const { url } = await a.submit(closed, /sign-out$/);
    assert.equal(url.pathname, '/account/signed-out');
    assert.match((await a.open(before.url)).text, /sign-in/);
    await server.apply({ policies });
  });

  it('say that nobody is signed in when the sign-in is cancelled', async () => {
    const asked = await a.open(page);
    const { url, text } = await a.submit(asked, /cancel$/);
    assert.equal(url.pathname, '/account/signed-out');
    assert.match(text, /You are signed out in this browser/);
  });

  it('say from what the last full sign-in was, not the last request', async () => {
    const device = async () => /<h3>(.*?)<\/h3>/.exec((await b.open(page)).text)?.[1];
    const app = await party(b);
    await app.signIn(ada);
    b.userAgent = firefox;
    await app.authorize(ada);
    assert.equal(await device(), 'Safari on iPhone');
    await app.authorize(ada, { prompt: 'login' });
    assert.equal(await device(), 'Firefox on Linux');
  });

  it('ask nobody for a consent, however long ago the activity was', async () => {
    await visit(a);
    await server.clock.advance(3000);
    const query = new URLSearchParams({
      client_id: 'curfew account',
      response_type: 'none',
      scope: 'openid',
      redirect_uri: server.issuer + page,
    });
    assert.equal((await a.open(`/auth?${query.toString()}`)).url.href, server.issuer + page);
  });

  describe('of which one is ended elsewhere', () => {
    it('end there at once, and the sign-in page says why', async () => {
      await visit(b);
      const ended = await a.submit(await visit(a), /sessions\/end$/);
      assert.match(ended.text, /That browser is signed out\./);
      assert.match(ended.text, /You are signed in nowhere else/);
      const { text } = await b.open(page);
      assert.match(text, /This browser was signed out, here or from another one\./);
      assert.match(text, /action="[^"]*sign-in"/);
    });

    it('take bound families along, and leave offline ones', async () => {
      const app = await party(b);
      const bound = await app.signIn(ada);
      const lasting = await app.signIn(ada, offline);
      await a.submit(await visit(a), /sessions\/end$/);
      await assertRefused(app, bound, 'signed_out');
      assert.ok((await app.refresh(lasting.refresh_token ?? '')).access_token);
    });

    it('end once, with one event, for two who end it at once', async () => {
      await visit(b);
      const id = await sessionOf(b);
      const csrf = tokenOn((await visit(a)).text);
      const answers = await Promise.all([1, 2, 3].map(() => post(a, `${page}/end`, { csrf, session: id })));
      assert.deepEqual(
        answers.map(({ status }) => status),
        [303, 303, 303],
      );
      assert.deepEqual(await endsOf(id), ['signed_out']);
    });

    it('say so when it was over already', async () => {
      await visit(b);
      const shown = await visit(a);
      await a.submit(shown, /sessions\/end$/);
      assert.match((await a.submit(shown, /sessions\/end$/)).text, /That session was over already\./);
    });

    it('say what happened once only', async () => {
      await visit(b);
      await a.submit(await visit(a), /sessions\/end$/);
      assert.doesNotMatch((await a.open(page)).text, /That browser is signed out/);
    });
  });

  it("answer alike whether an identifier is nobody's or another account's, and end nothing", async () => {
    await visit(b, grace);
    const id = await sessionOf(b);
    const csrf = tokenOn((await visit(a)).text);
    const answers = await Promise.all(
      [id, 'nobody', ''].map((session) => post(a, `${page}/end`, { csrf, session })),
    );
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 404, 404],
    );
    const withoutIds = texts.map((text) => text.replace(/[0-9a-f-]{36}/g, ''));
    assert.deepEqual(new Set(withoutIds).size, 1);
    assert.deepEqual(await endsOf(id), []);
  });

  it('are not changed by a forged form', async () => {
    await visit(b);
    const id = await sessionOf(b);
    const foreign = tokenOn((await visit(createFormBrowser(server.issuer), grace)).text);
    const elsewhere = tokenOn((await b.open(page)).text);
    const own = tokenOn((await visit(a)).text);
    const changes = [
      `${page}/end`,
      `${page}/end-others`,
      '/account/apps/end',
      '/account/sign-out',
      '/account/sign-out-everywhere',
    ];
    for (const path of changes) {
      const fields = { session: id, client: 'shop' };
      for (const csrf of ['', foreign, elsewhere]) {
        assert.equal((await post(a, path, { ...fields, csrf })).status, 403, path);
      }
      for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
        assert.equal((await post(a, path, { ...fields, csrf: own }, headers)).status, 403, path);
      }
      assert.equal((await a.request(path)).status, 404, 'looking changes nothing');
    }
    assert.equal((await a.open(page)).url.pathname, page);
    assert.deepEqual(await endsOf(id), []);
  });

  it('send a form without a session to sign in, and do nothing', async () => {
    await visit(b);
    const id = await sessionOf(b);
    const csrf = tokenOn((await b.open(page)).text);
    const answer = await post(a, `${page}/end`, { csrf, session: id });
    assert.equal(answer.status, 303);
    assert.match(answer.headers.get('location') ?? '', /^\/auth\?/);
    assert.deepEqual(await endsOf(id), []);
  });

  it('end everywhere else, offline access too, and spare this browser with what came from it', async () => {
    const [mine, theirs] = [await party(a), await party(b)];
    const spared = [await mine.signIn(ada), await mine.signIn(ada, offline)];
    const ended = [await theirs.signIn(ada), await theirs.signIn(ada, offline)];
    const { text } = await a.submit(await visit(a), /end-others$/);
    assert.match(text, /You are signed out everywhere else\./);
    assert.match(text, /You are signed in nowhere else/);
    for (const tokens of ended) await assertRefused(theirs, tokens, 'signed_out');
    for (const tokens of spared) assert.ok((await mine.refresh(tokens.refresh_token ?? '')).access_token);
    assert.match((await b.open(page)).text, /This browser was signed out/);
  });

  it('end everywhere, here and offline too', async () => {
    const [mine, theirs] = [await party(a), await party(b)];
    const ended = [
      { app: mine, tokens: await mine.signIn(ada) },
      { app: mine, tokens: await mine.signIn(ada, offline) },
      { app: theirs, tokens: await theirs.signIn(ada, offline) },
    ];
    const { url, text } = await a.submit(await visit(a, ada, '/account'), /sign-out-everywhere$/);
    assert.equal(url.pathname, '/account/signed-out-everywhere');
    assert.match(text, /signed out in every browser/);
    for (const { app, tokens } of ended) await assertRefused(app, tokens, 'signed_out');
    assert.match((await a.open('/account')).text, /action="[^"]*sign-in"/);
  });

  it('end here alone', async () => {
    await visit(b);
    const { url } = await a.submit(await visit(a), /\/sign-out$/);
    assert.equal(url.pathname, '/account/signed-out');
    const { text } = await a.open(page);
    assert.match(text, /action="[^"]*sign-in"/);
    assert.doesNotMatch(text, /signed out/, 'who signs out knows why');
    assert.equal((await b.open(page)).url.pathname, page);
  });

  describe('beside which apps have offline access', () => {
    it('show each with where it came from, and both its ends', async () => {
      await (await party(b)).signIn(ada, offline);
      await server.clock.advance(120);
      const { text } = await visit(a);
      const apps = text.slice(text.indexOf('<h2>Apps with'));
      assert.match(apps, /<h3>The shop<\/h3>/);
      assert.match(apps, /Allowed in Safari on iPhone, from/);
      assert.match(apps, /Last active<\/dt><dd>2 minutes ago/);
      assert.match(apps, /Ends when idle<\/dt><dd>in 27 minutes/);
      assert.match(apps, /Ends in any case<\/dt><dd>in 11 hours 57 minutes/);
    });

    it('lose it with their grant, bound access and open codes when it is taken from them', async () => {
      const app = await party(b);
      const bound = await app.signIn(ada);
      const lasting = await app.signIn(ada, offline);
      const pending = await app.authorize(ada);
      const { text } = await a.submit(await visit(a), /apps\/end$/);
      assert.match(text, /The shop has no access to your account any more\./);
      for (const tokens of [bound, lasting]) await assertRefused(app, tokens, 'consent_withdrawn');
      await assert.rejects(app.exchange(pending));
      const again = await app.authorize(ada, { prompt: 'none' });
      assert.equal(again.url.searchParams.get('error'), 'consent_required');
    });

    it('let other apps keep theirs', async () => {
      const other = await party(b, portal);
      const kept = await other.signIn(ada, offline);
      await (await party(b)).signIn(ada, offline);
      const csrf = tokenOn((await visit(a)).text);
      await post(a, '/account/apps/end', { csrf, client: 'shop' });
      assert.ok((await other.refresh(kept.refresh_token ?? '')).access_token);
    });

    it('answer alike for an app that has nothing, and 404 for one that nobody knows', async () => {
      const csrf = tokenOn((await visit(a)).text);
      assert.equal((await post(a, '/account/apps/end', { csrf, client: 'portal' })).status, 303);
      for (const client of ['unknown', '', 'curfew account']) {
        assert.equal((await post(a, '/account/apps/end', { csrf, client })).status, 404);
      }
    });
  });

  it('give the account pages nothing at the token endpoint', async () => {
    const pages = await createRelyingParty(server.issuer, { clientId: 'curfew account' });
    for (const grant of ['authorization_code', 'refresh_token', 'client_credentials']) {
      const { status, body } = await pages.token({ grant_type: grant });
      assert.equal(status, 400);
      assert.equal(body.error, 'unauthorized_client');
      assert.equal(body.error_description, 'requested grant type is not allowed for this client');
    }
  });

  it('can be signed in to only for the account pages themselves', async () => {
    const query = new URLSearchParams({
      client_id: 'curfew account',
      response_type: 'none',
      scope: 'openid',
      redirect_uri: 'https://evil.example/account',
    });
    const { response } = await a.open(`/auth?${query.toString()}`);
    assert.equal(response.status, 400);
    query.set('redirect_uri', `${server.issuer}/account`);
    query.set('resource', api);
    query.set('scope', 'openid reports.read');
    const answer = await visit(a, ada, `/auth?${query.toString()}`);
    assert.equal(answer.url.pathname, '/account', 'no consent is asked for, and nothing is given');
  });
});
