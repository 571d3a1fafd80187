import assert from 'node:assert/strict';
import { listPages } from '../support/addresses.ts';
import { authorizationUrl, mail, signInBrowser, startAttackedServer } from '../support/attacked_server.ts';
import { createFormBrowser, findForm } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { ada, grace } from '../support/example_configuration.ts';
import { findFreePort } from '../support/ports.ts';
import { startInstance } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

/**
 * Another host of the domain sets cookies that reach us. It can set none whose name begins with `__Host-`:
 * browsers see to that. All others it can, with whatever it was given itself.
 */
describe('cookie tossing', () => {
  let server: TestServer;

  before(async () => {
    server = await startAttackedServer();
  });
  after(() => server.stop());

  /** Whether somebody is signed in, by a page that names them. */
  async function readName(browser: FormBrowser): Promise<string | undefined> {
    const { text } = await browser.open('/account');
    return /<dd>(ada|grace)<\/dd>/.exec(text)?.[1];
  }

  describe('under TLS', () => {
    const issuer = 'https://login.example.com';
    let lines: readonly string[];
    let close: () => Promise<void>;

    before(async () => {
      const port = await findFreePort();
      const { app } = await startInstance({ database: server.database, issuer, port, mail });
      close = () => app.close(1000);
      const browser = createFormBrowser(issuer, { via: `http://localhost:${port}` });
      const page = await browser.open('/account');
      await browser.submit(page, /sign-in$/, ada);
      assert.equal(await readName(browser), 'ada');
      const url = authorizationUrl(issuer, { prompt: 'consent' });
      await browser.submit(await browser.open(url), /consent$/);
      await browser.open('/device');
      await browser.open('/forgotten-password');
      await browser.open(`/set-password?token=${'A'.repeat(43)}`);
      await browser.request(`/set-password?token=${'A'.repeat(43)}`);
      await browser.submit(await browser.open('/account/sessions'), /end-others$/);
      await browser.submit(await browser.open('/account'), /sign-out$/);
      lines = browser.setCookies;
    });
    after(() => close());

    it('finds the cookies of the whole site named so that no other host can set them', () => {
      const names = new Set<string>();
      for (const line of lines) {
        const [, name = '', attributes = ''] = /^([^=]+)=[^;]*(.*)$/.exec(line) ?? [];
        names.add(name.replace(/\.sig$/, ''));
        assert.match(attributes, /; secure\b/i, line);
        assert.match(attributes, /; httponly\b/i, line);
        assert.match(attributes, /; samesite=lax\b/i, line);
        assert.doesNotMatch(attributes, /; domain/i, line);
        const isOfSite = /; path=\/(?:;|$)/i.test(attributes);
        assert.equal(name.startsWith('__Host-'), isOfSite, line);
      }
      assert.deepEqual([...names].toSorted(), [
        '__Host-curfew_browser',
        '__Host-curfew_device',
        '__Host-curfew_session',
        'curfew_form',
        'curfew_interaction',
        'curfew_link',
        'curfew_notice',
        'curfew_resume',
      ]);
    });
  });

  it('swaps no session: without its own signature a cookie is none', async () => {
    const theirs = await signInBrowser(server.issuer, grace);
    const name = 'curfew_session';
    const value = theirs.cookie(name) ?? '';
    const signature = theirs.cookie(`${name}.sig`) ?? '';
    const tossed: Record<string, string>[] = [
      { [name]: value },
      { [name]: value, [`${name}.sig`]: '' },
      { [name]: value, [`${name}.sig`]: signature.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A')) },
      { [`${name}.sig`]: signature },
      { [name]: '' },
      { [name]: 'x'.repeat(3000) },
      { [name]: '%00%ff"\\' },
    ];
    for (const cookies of tossed) {
      const victim = await signInBrowser(server.issuer);
      for (const [key, of] of Object.entries(cookies)) victim.plant({ name: key, value: of });
      assert.notEqual(await readName(victim), 'grace', JSON.stringify(cookies));
    }
  });

  it('brings no signature from one cookie to another', async () => {
    const attacker = createFormBrowser(server.issuer);
    const { url } = await attacker.open(authorizationUrl(server.issuer));
    const victim = createFormBrowser(server.issuer);
    for (const name of ['curfew_session', 'curfew_form', 'curfew_link', 'curfew_notice']) {
      victim.plant({ name, value: attacker.cookie('curfew_interaction') ?? '' });
      victim.plant({ name: `${name}.sig`, value: attacker.cookie('curfew_interaction.sig') ?? '' });
    }
    assert.equal(await readName(victim), undefined);
    assert.ok(url.pathname.startsWith('/interaction/'));
    assert.equal((await victim.open('/set-password')).response.status, 404);
  });

  /** The attacker begins, hands over what names the request, and waits for somebody to sign in on its page. */
  async function handOver(names: readonly string[]) {
    const attacker = createFormBrowser(server.issuer);
    const page = await attacker.open(authorizationUrl(server.issuer));
    const uid = page.url.pathname.split('/').at(-1) ?? '';
    const victim = createFormBrowser(server.issuer);
    for (const name of names) {
      const path = name === 'interaction' ? page.url.pathname : `/auth/${uid}`;
      for (const full of [`curfew_${name}`, `curfew_${name}.sig`])
        victim.plant({ name: full, value: attacker.cookie(full) ?? '', path });
    }
    return { attacker, victim, page, uid };
  }

  const send = (from: FormBrowser, { url, text }: { url: URL; text: string }, who: typeof ada) =>
    from.request(`${url.pathname}/sign-in`, {
      method: 'POST',
      headers: { origin: server.issuer },
      body: new URLSearchParams({ ...who, ...findForm(text, /sign-in$/).hidden }),
    });

  for (const names of [['interaction'], ['interaction', 'resume']]) {
    it(`lets nobody sign in for the attacker, whose ${names.join(' and ')} the browser was given`, async () => {
      const { attacker, victim, page, uid } = await handOver(names);
      // The victim's browser begins anew, a request of its own.
      const shown = await victim.open(page.url);
      assert.match(shown.url.pathname, /^\/interaction\//);
      assert.notEqual(shown.url.pathname, page.url.pathname);
      await victim.submit(shown, /sign-in$/, ada);
      // Even a form that is sent where the attacker wants it establishes nothing there.
      assert.match((await send(victim, page, ada)).headers.get('location') ?? '', /^\/auth\?/);
      const end = await attacker.open(`/auth/${uid}`);
      assert.equal(end.url.searchParams.get('code'), null);
      assert.equal(await readName(attacker), undefined);
    });

    it(`does not go on where the attacker signed in, by its ${names.join(' and ')}`, async () => {
      const { attacker, victim, page } = await handOver(names);
      const resume = (await send(attacker, page, grace)).headers.get('location') ?? '';
      assert.match(resume, /\/auth\/[\w-]+$/);
      assert.equal((await victim.request(resume)).status, 400);
      assert.equal(await readName(victim), undefined);
      assert.match((await attacker.open(resume)).text, /consent"/, 'who began it goes on');
    });
  }

  it('is told apart from two requests that one browser begins: it goes on with both', async () => {
    const browser = createFormBrowser(server.issuer);
    // Both at once, as when a browser opens yesterday's tabs: only the cookie that comes last is kept.
    const [first, second] = await Promise.all([
      browser.open(authorizationUrl(server.issuer)),
      browser.open(authorizationUrl(server.issuer, { client_id: 'portal' })),
    ]);
    for (const page of [first, second]) {
      const shown = await browser.open(page.url);
      // One whose cookie was lost begins anew, and finds whoever signed in at the other.
      const isAsked = /action="[^"]*sign-in"/.test(shown.text);
      assert.ok(isAsked || page === second);
      const done = isAsked ? await browser.submit(shown, /sign-in$/, ada) : shown;
      assert.match(done.text, /consent"/);
    }
  });

  it('is no fault of ours, whatever the cookies are', async () => {
    for (const value of ['', 'x', '"', '%', '%E0%A4%A', '=', '%00', 'x'.repeat(1000)]) {
      const cookie = ['session', 'browser', 'device', 'interaction', 'resume', 'notice', 'link', 'form']
        .flatMap((name) => [`curfew_${name}=${value}`, `curfew_${name}.sig=${value}`])
        .join('; ');
      for (const path of [...listPages(), '/auth/x', '/interaction/x', '/device/x', '/session']) {
        const { status } = await fetch(server.issuer + path, { headers: { cookie }, redirect: 'manual' });
        assert.ok(status < 500, `${path} with ${value.slice(0, 10)}: ${status}`);
      }
    }
  });
});
