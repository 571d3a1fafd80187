import assert from 'node:assert/strict';
import { attemptSignIn } from '../../src/operations/attempt_sign_in.ts';
import { createFormBrowser } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { ada, exampleConfiguration } from '../support/example_configuration.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sqlOne } from '../support/sql.ts';

describe('10,000 guesses from 1,000 addresses against one account', function lockOut() {
  this.timeout(120_000);
  let server: TestServer;
  let owner: FormBrowser;

  before(async () => {
    server = await startTestServer(exampleConfiguration());
    owner = createFormBrowser(server.issuer);
  });
  after(() => server.stop());

  async function signIn(browser: FormBrowser) {
    const { username, password } = ada;
    return await browser.submit(await browser.open('/account'), /sign-in$/, { username, password });
  }

  it('are looked at 20 times, and lock the owner out of no browser that signed in before', async () => {
    assert.equal((await signIn(owner)).url.pathname, '/account');
    const account = await owner.open('/account');
    await owner.submit(account, /sign-out$/);

    const looked = await makeGuesses();
    assert.equal(looked, 20);
    const { count } = await sqlOne<{ count: number }>(
      server.database,
      `select count(*)::int from audit_events where name = 'sign_in.failed'`,
    );
    assert.equal(count, 20, 'each password that was looked at is in the trail');

    const stranger = await signIn(createFormBrowser(server.issuer));
    assert.equal(stranger.response.status, 429, 'whoever is unknown waits, with the right password too');
    assert.ok(Number(stranger.response.headers.get('retry-after')) > 0);
    assert.equal((await signIn(owner)).url.pathname, '/account', 'the owner does not');
    const { text } = await owner.open('/account/security');
    assert.match(text, /20 wrong passwords in a row were tried/);
    assert.match(text, /Such browsers can try again in 1[45] minutes/);
    const unlock = await owner.open('/account/security/unlock');
    const unlocked = await owner.submit(unlock, /unlock$/);
    assert.match(unlocked.text, /Other browsers may try to sign in again/);
    assert.equal((await signIn(createFormBrowser(server.issuer))).url.pathname, '/account');
  });

  /** Below HTTP, past every limit by address, which would look at fewer. Returns how many were looked at. */
  async function makeGuesses(): Promise<number> {
    const guesses = Array.from({ length: 10_000 }, (_, index) => index);
    let looked = 0;
    const guessOn = async () => {
      for (let index = guesses.pop(); index !== undefined; index = guesses.pop()) {
        const address = `198.${18 + Math.floor((index % 1000) / 250)}.0.${index % 250}`;
        const attempt = { username: index % 2 ? 'ada' : 'ADA', password: `guess ${index}` };
        const verdict = await attemptSignIn(server.database, {}, attempt, { address });
        assert.equal(verdict.accepted, false);
        if (!('waitSeconds' in verdict)) looked += 1;
      }
    };
    await Promise.all(Array.from({ length: 16 }, guessOn));
    return looked;
  }
});
