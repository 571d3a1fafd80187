import assert from 'node:assert/strict';
import { interactionForms } from '../../src/interactions/routes.ts';
import { listForms, listPages } from '../support/addresses.ts';
import { authorizationUrl, startAttackedServer } from '../support/attacked_server.ts';
import { createFormBrowser, findForm } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { ada, grace } from '../support/example_configuration.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { TestServer } from '../support/server.ts';

/** The app's library names the parameter that is not as it should be. */
const isNotTaken = (parameter: string) => (error: Error) => {
  assert.match((error.cause as Error).message, new RegExp(`"${parameter}"`));
  return true;
};

/** Somebody is to be signed in as the attacker, and to leave there what is theirs. */
describe('login CSRF', () => {
  let server: TestServer;
  let victim: FormBrowser;
  const attackers = grace;

  before(async () => {
    server = await startAttackedServer();
  });
  after(() => server.stop());
  beforeEach(() => {
    victim = createFormBrowser(server.issuer);
  });

  async function assertNobody(): Promise<void> {
    const answer = await victim.request('/session', { headers: { accept: 'application/json' } });
    assert.deepEqual(((await answer.json()) as { active: boolean }).active, false);
    assert.match((await victim.open('/account')).text, /action="[^"]*sign-in"/);
  }

  /** The attacker's own request of an app, as far as the page that asks who it is. */
  async function begin(from: FormBrowser) {
    const page = await from.open(authorizationUrl(server.issuer));
    return { page, path: page.url.pathname, csrf: findForm(page.text, /sign-in$/).hidden.csrf ?? '' };
  }

  const post = (path: string, fields: Record<string, string>, headers: Record<string, string>) =>
    victim.request(path, { method: 'POST', body: new URLSearchParams(fields), headers });

  for (const action of interactionForms) {
    it(`is not ${action}: a request that another browser began is not gone on with`, async () => {
      const { path, csrf } = await begin(createFormBrowser(server.issuer));
      for (const origin of ['https://evil.example', server.issuer]) {
        const answer = await post(`${path}/${action}`, { csrf, ...attackers }, { origin });
        assert.ok([400, 403].includes(answer.status), `${answer.status}`);
      }
      await assertNobody();
    });
  }

  it('is not a form of another site with the victim’s own request, whose token it cannot read', async () => {
    const { path } = await begin(victim);
    const { csrf } = await begin(createFormBrowser(server.issuer));
    const own = { origin: server.issuer };
    assert.equal((await post(`${path}/sign-in`, { ...attackers }, own)).status, 403);
    assert.equal((await post(`${path}/sign-in`, { ...attackers, csrf }, own)).status, 403);
    const there = await post(`${path}/sign-in`, { ...attackers, csrf }, { 'sec-fetch-site': 'cross-site' });
    assert.equal(there.status, 403);
    await assertNobody();
  });

  it('is no link: neither the end of the attacker’s request nor its code signs anybody in here', async () => {
    const attacker = createFormBrowser(server.issuer);
    const { page } = await begin(attacker);
    const submitted = await attacker.request(new URL(findForm(page.text, /sign-in$/).action, server.issuer), {
      method: 'POST',
      headers: { origin: server.issuer },
      body: new URLSearchParams({ ...findForm(page.text, /sign-in$/).hidden, ...attackers }),
    });
    const resume = submitted.headers.get('location') ?? '';
    assert.match(resume, /\/auth\/[\w-]+$/);
    const answer = await victim.request(resume);
    assert.equal(answer.status, 400);
    await assertNobody();
    const end = await attacker.authorize(resume, attackers);
    assert.ok(end.searchParams.get('code'), 'for the attacker it goes on');
    for (const path of listPages()) await victim.request(`${path}${end.search}`);
    await assertNobody();
  });

  it('is no address with a name and a password', async () => {
    const query = new URLSearchParams({ ...attackers, login_hint: attackers.username }).toString();
    for (const path of [...listPages(), ...listForms().map((form) => form.replace(':uid', 'x'))])
      await victim.request(`${path}?${query}`);
    await victim.request(`${authorizationUrl(server.issuer)}&${query}`);
    await assertNobody();
  });

  it('leaves the app its state: an answer that it did not ask for has another', async () => {
    const party = await createRelyingParty(server.issuer, { clientId: 'spa' }, victim);
    const mine = await party.authorize(ada);
    const theirs = await (
      await createRelyingParty(server.issuer, { clientId: 'spa' }, createFormBrowser(server.issuer))
    ).authorize(attackers);
    assert.equal(theirs.url.searchParams.get('state'), theirs.state);
    await assert.rejects(party.exchange({ ...mine, url: theirs.url }), isNotTaken('state'));
  });

  it('is no other account in the same browser: signing in as another asks before it ends the first', async () => {
    await victim.submit(await victim.open('/account'), /sign-in$/, ada);
    const url = authorizationUrl(server.issuer, { prompt: 'login', login_hint: attackers.username });
    await victim.open(url);
    assert.match((await victim.open('/account')).text, />ada</);
  });
});
