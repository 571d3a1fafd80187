import assert from 'node:assert/strict';
import { accountAddresses } from '../../src/account/routes.ts';
import { interactionForms } from '../../src/interactions/routes.ts';
import { passwordAddresses } from '../../src/passwords/routes.ts';
import { sessionAddresses } from '../../src/session/routes.ts';
import { listConsoleForms, listForms, listPages, listTokenRoutes } from '../support/addresses.ts';
import { authorizationUrl, signInBrowser, startAttackedServer } from '../support/attacked_server.ts';
import { createFormBrowser, findForm } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { grace } from '../support/example_configuration.ts';
import { listEvents } from '../support/gate.ts';
import type { TestServer } from '../support/server.ts';

const evil = 'https://evil.example';

/** What a browser says of a request that a page elsewhere makes; the last says nothing. */
const foreign: [what: string, headers: Record<string, string>][] = [
  ['another origin', { origin: evil }],
  ['an opaque origin', { origin: 'null' }],
  ['another site', { 'sec-fetch-site': 'cross-site', origin: evil }],
  ['a sibling of this site', { 'sec-fetch-site': 'same-site', origin: 'https://sibling.example' }],
];

describe('CSRF', () => {
  let server: TestServer;
  let victim: FormBrowser;

  before(async () => {
    server = await startAttackedServer();
  });
  beforeEach(async () => {
    victim = await signInBrowser(server.issuer);
  });
  after(() => server.stop());

  const post = (browser: FormBrowser, path: string, fields: Record<string, string>, headers = {}) =>
    browser.request(path, { method: 'POST', body: new URLSearchParams(fields), headers });
  const countEvents = async () => (await listEvents(server.database)).length;
  const readToken = (text: string) => /name="csrf" value="([^"]*)"/.exec(text)?.[1] ?? 'none';

  /** Whatever another site sends, with a right token even, and every wrong token are refused, and nothing is recorded. */
  async function attack(
    browser: FormBrowser,
    path: string,
    { own, others, status = [403] }: { own: string; others: string; status?: number[] },
  ): Promise<number[]> {
    const before = await countEvents();
    const answers: number[] = [];
    const send = async (what: string, fields: Record<string, string>, headers = {}) => {
      const answer = await post(browser, path, fields, headers);
      assert.ok(status.includes(answer.status), `${path} from ${what}: ${answer.status}`);
      assert.deepEqual(answer.headers.getSetCookie(), [], `${path} from ${what} sets no cookie`);
      answers.push(answer.status);
    };
    for (const [what, headers] of foreign) await send(what, { csrf: own }, headers);
    const origin = server.issuer;
    for (const csrf of ['', 'x', others, own.toLowerCase(), `${own}x`])
      await send(`here, token "${csrf}"`, { csrf }, { origin });
    await send('no browser, without a token', {});
    assert.equal(await countEvents(), before, `${path} has done something`);
    return answers;
  }

  /** Where the token of the forms stands. */
  const pageOf = (path: string) => (path.startsWith('/console') ? '/console' : '/account');

  for (const path of [...accountAddresses.forms, ...listConsoleForms()]) {
    it(`sends no ${path.replaceAll(/[0-9a-f-]{36}/g, '…')}`, async () => {
      const browser = await signInBrowser(server.issuer);
      const own = readToken((await browser.open(pageOf(path))).text);
      const others = readToken((await victim.open(pageOf(path))).text);
      assert.notEqual(own, others);
      await attack(browser, path, { own, others });
      const heard = await post(browser, path, { csrf: own }, { origin: server.issuer });
      assert.notEqual(heard.status, 403, 'the form itself is heard');
    });
  }

  describe('between a request of an app and its answer', () => {
    /** How somebody comes to the page of each prompt. */
    const prompts = {
      login: { isSignedIn: false, parameters: {} },
      mfa: { isSignedIn: true, parameters: { acr_values: 'urn:curfew:acr:mfa' } },
      consent: { isSignedIn: true, parameters: { prompt: 'consent' } },
    } as const;

    for (const action of interactionForms) {
      it(`sends no ${action}`, async () => {
        let isHeard = false;
        for (const { isSignedIn, parameters } of Object.values(prompts)) {
          const browser = isSignedIn ? await signInBrowser(server.issuer) : createFormBrowser(server.issuer);
          const url = authorizationUrl(server.issuer, parameters);
          const others = readToken((await browser.open(url)).text);
          const page = await browser.open(url);
          const path = `${page.url.pathname}/${action}`;
          const own = readToken(page.text);
          // 400: not a form of this prompt.
          const refused = await attack(browser, path, { own, others, status: [400, 403] });
          const { status } = await post(browser, path, { csrf: own }, { origin: server.issuer });
          if (status === 400) continue;
          isHeard = true;
          assert.deepEqual([...new Set(refused)], [403]);
          assert.notEqual(status, 403, 'the form itself is heard');
        }
        assert.ok(isHeard, 'one of the prompts has this form');
      });
    }
  });

  for (const path of passwordAddresses.forms) {
    it(`sends no ${path}`, async () => {
      const { status } = await post(createFormBrowser(server.issuer), path, { csrf: 'x', username: 'ada' });
      assert.ok([403, 404].includes(status), `${status}`);
      for (const [what, headers] of foreign) {
        const answer = await post(victim, path, { csrf: 'x', username: 'ada' }, headers);
        assert.equal(answer.status, 403, what);
      }
    });
  }

  it('sends no form of forgotten passwords with the token of another browser', async () => {
    const [mine, theirs] = [createFormBrowser(server.issuer), createFormBrowser(server.issuer)];
    const token = readToken((await theirs.open('/forgotten-password')).text);
    await mine.open('/forgotten-password');
    const fields = { csrf: token, username: 'ada' };
    const { status } = await post(mine, '/forgotten-password', fields, { origin: server.issuer });
    assert.equal(status, 403);
  });

  it('keeps nobody signed in', async () => {
    const browser = await signInBrowser(server.issuer);
    const own = readToken((await browser.open('/session/view')).text);
    const other = await signInBrowser(server.issuer, grace);
    const others = readToken((await other.open('/session/view')).text);
    assert.deepEqual(
      sessionAddresses.filter((address) => address.startsWith('POST ')),
      ['POST /session/touch', 'POST /session/view'],
    );
    await attack(browser, '/session/view', { own, others });
    for (const [what, headers] of foreign) {
      const isAllowed = await post(browser, '/session/touch', {}, { ...headers, 'Curfew-Touch': '1' });
      assert.equal(isAllowed.status, 403, what);
    }
    assert.equal((await post(browser, '/session/touch', {}, { origin: server.issuer })).status, 403);
    assert.equal((await post(browser, '/session/touch', {}, {})).status, 403, 'as a form would');
  });

  it('signs nobody out, and connects no device: the forms of the protocol have a secret of the session', async () => {
    const browser = await signInBrowser(server.issuer);
    for (const path of ['/session/end/confirm', '/device']) {
      const asked = await browser.open(path === '/device' ? path : '/session/end');
      const { xsrf = '' } = findForm(asked.text, new RegExp(`${path}$`)).hidden;
      const other = await (await signInBrowser(server.issuer)).open(asked.url);
      const others = findForm(other.text, new RegExp(`${path}$`)).hidden.xsrf ?? '';
      for (const wrong of ['', 'x', others, `${xsrf}x`]) {
        const fields = { xsrf: wrong, logout: 'yes', user_code: 'AAAA-AAAA', confirm: 'yes' };
        const answer = await post(browser, path, fields, { origin: server.issuer });
        assert.ok([400, 422].includes(answer.status), `${path} with "${wrong}": ${answer.status}`);
      }
    }
    assert.equal((await browser.open('/account')).url.pathname, '/account', 'still signed in');
  });

  it('is not done by looking: no address changes anything when it is opened', async () => {
    const browser = await signInBrowser(server.issuer);
    const before = await countEvents();
    for (const path of [...listPages(), ...listForms().map((form) => form.replace(':uid', 'x'))])
      await browser.request(path, { headers: { 'sec-fetch-site': 'cross-site' } });
    assert.equal(await countEvents(), before);
    assert.equal((await browser.open('/account')).url.pathname, '/account', 'still signed in');
  });

  for (const { method, path } of listTokenRoutes()) {
    it(`calls no ${method} ${path.replaceAll(/[0-9a-f-]{36}/g, '…')}: cookies open nothing there`, async () => {
      for (const [what, headers] of [...foreign, ['here', { origin: server.issuer }] as const]) {
        const body = method === 'GET' || method === 'DELETE' ? null : '{}';
        const json = { accept: 'application/json', 'content-type': 'application/json' };
        const answer = await victim.request(path, { method, body, headers: { ...headers, ...json } });
        assert.ok([400, 401].includes(answer.status), `from ${what}: ${answer.status}`);
        assert.equal(answer.headers.get('access-control-allow-credentials'), null);
      }
    });
  }

  it('finds no form that is not among these', async () => {
    const known = listForms().map((path) => path.replace(':uid', 'x'));
    const browser = await signInBrowser(server.issuer);
    const nobody = createFormBrowser(server.issuer);
    const urls = [...listPages(), authorizationUrl(server.issuer, { prompt: 'consent' })];
    const found = new Set<string>();
    for (const from of [browser, nobody]) {
      for (const url of urls) {
        const { text } = await from.open(url);
        for (const [, action = ''] of text.matchAll(/<form method="post"[^>]* action="([^"]*)"/g)) {
          const { pathname } = new URL(action, server.issuer);
          found.add(pathname.replace(/^\/interaction\/[^/]+/, '/interaction/x'));
        }
      }
    }
    assert.deepEqual(
      [...found].filter((path) => !known.includes(path)),
      [],
    );
    assert.ok(found.size > 8, `${found.size} forms`);
  });
});
