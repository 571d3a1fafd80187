import assert from 'node:assert/strict';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { adminConfiguration } from '../support/administrators.ts';
import { ada, grace, shop } from '../support/example_configuration.ts';
import { assertRefused, listEvents } from '../support/gate.ts';
import { createOperator, headingOf } from '../support/operators.ts';
import type { OpenedPage, Operator } from '../support/operators.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

describe('an app in the console', () => {
  let server: TestServer;
  let operator: Operator;

  beforeEach(async () => {
    server = await startTestServer(adminConfiguration());
    operator = createOperator(server.issuer, grace);
  });
  afterEach(() => server.stop());

  const stored = async () => (await loadConfiguration(server.database)).clients.get('shop');
  const secretOf = ({ text }: OpenedPage) => /class="secret-line"><code>(.*?)<\/code>/.exec(text)?.[1] ?? '';

  it('is removed after a look at what ends, and is known no more', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada);
    const shown = await operator.open('/console/clients/shop');
    assert.match(shown.text, /href="\/console\/clients\/shop\/remove">Remove the app</);
    const page = await operator.open('/console/clients/shop/remove');
    assert.equal(headingOf(page), 'Remove the app: shop');
    assert.match(page.text, /1 access of 1 person ends at once\. No session does\./);
    assert.ok(await stored(), 'looking changes nothing');
    const late = await operator.open('/console/clients/shop/remove');
    const removed = await operator.submit(page, /remove$/);
    assert.equal(headingOf(removed), 'Apps');
    assert.match(removed.text, /The app shop is removed; 1 access of it has ended\./);
    assert.equal(await stored(), undefined);
    await assert.rejects(party.refresh(tokens.refresh_token ?? ''), { status: 401 });
    assert.equal((await operator.open('/console/clients/shop')).response.status, 404);
    assert.equal((await operator.submit(late, /remove$/)).response.status, 404);
  });

  it('is disabled after a look at what ends, and enabled without it', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada);
    const second = await createRelyingParty(server.issuer, shop);
    await second.signIn(ada);
    const shown = await operator.open('/console/clients/shop');
    assert.match(shown.text, /2 accesses of 1 person/);
    assert.match(shown.text, /href="\/console\/clients\/shop\/disable">Disable the app</);
    const page = await operator.open('/console/clients/shop/disable');
    assert.equal(headingOf(page), 'Disable the app: shop');
    assert.match(page.text, /2 accesses of 1 person end at once\. No session does\./);
    assert.equal((await stored())?.disabled, false, 'looking changes nothing');
    const disabled = await operator.submit(page, /disable$/);
    assert.match(disabled.text, /The app is disabled; 2 accesses of it have ended\./);
    assert.match(disabled.text, /While it is disabled, nobody gets to it/);
    await assertRefused(party, tokens, 'client_disabled');
    assert.match((await operator.open('/console/clients?id=shop')).text, /Disabled/);

    const asked = await operator.open('/console/clients/shop/enable');
    assert.match(
      (await operator.open('/console/clients/shop/disable')).text,
      /Nothing of it is open that would end\./,
    );
    const enabled = await operator.submit(asked, /enable$/);
    assert.match(enabled.text, /The app is enabled\./);
    await assertRefused(party, tokens, 'client_disabled');
    assert.ok((await party.signIn(ada)).refresh_token);
    const events = (await listEvents(server.database)).filter(({ name }) => name.startsWith('client.'));
    assert.deepEqual(
      events.map(({ name, detail }) => [name, String(detail.actor).startsWith('admin:')]),
      [
        ['client.disabled', true],
        ['client.enabled', true],
      ],
    );
  });

  it('is given a new secret, shown once, while the one before is good as long as was chosen', async () => {
    const page = await operator.open('/console/clients/shop/rotate-secret');
    assert.equal(headingOf(page), 'Give the app a new secret: shop');
    assert.match(page.text, /<option value="86400" selected>1 day<\/option>/);
    const shown = await operator.submit(page, /rotate-secret$/, { overlap: '900' });
    assert.equal(headingOf(shown), 'The new secret of shop');
    assert.match(shown.text, /The one before stays good until \d+ \w+ \d{4}, \d\d:\d\d UTC\./);
    const secret = secretOf(shown);
    assert.deepEqual((await stored())?.secretHash, hashToken(secret));
    assert.equal((await stored())?.formerSecrets?.length, 1);
    const client = await operator.open('/console/clients/shop');
    assert.match(client.text, /earlier secrets<\/th><td[^>]*>good until \d/);
    assert.ok(!client.text.includes(secret));
    const again = await operator.submit(page, /rotate-secret$/, { overlap: '900' });
    assert.equal(again.response.status, 409);
    assert.match(again.text, /The app was changed meanwhile/);
    assert.deepEqual(
      (await stored())?.secretHash,
      hashToken(secret),
      'a form that is sent again does nothing',
    );

    const alone = await operator.open('/console/clients/shop/rotate-secret');
    const last = await operator.submit(alone, /rotate-secret$/, { overlap: '0' });
    assert.match(last.text, /Every earlier one is good no more\./);
    assert.equal((await stored())?.formerSecrets, undefined);
    const party = await createRelyingParty(server.issuer, { ...shop, secret: secretOf(last) });
    assert.ok((await party.signIn(ada)).refresh_token);
  });

  it('is changed by nobody who read it before somebody else changed it, or chooses what is not offered', async () => {
    const [first, second] = [
      await operator.open('/console/clients/shop/disable'),
      await operator.open('/console/clients/shop/rotate-secret'),
    ];
    await operator.submit(first, /disable$/);
    const late = await operator.submit(second, /rotate-secret$/, { overlap: '900' });
    assert.equal(late.response.status, 409);
    const fresh = await operator.open('/console/clients/shop/rotate-secret');
    for (const overlap of ['', '901', 'x'])
      assert.equal((await operator.submit(fresh, /rotate-secret$/, { overlap })).response.status, 409);
    assert.deepEqual((await stored())?.secretHash, hashToken(shop.secret));
    const open = await operator.open('/console/clients/spa');
    assert.doesNotMatch(open.text, /rotate-secret/, 'it has none');
    const none = await operator.open('/console/clients/spa/rotate-secret');
    assert.equal((await operator.submit(none, /rotate-secret$/, { overlap: '0' })).response.status, 409);
    for (const part of ['disable', 'enable', 'rotate-secret'])
      assert.equal((await operator.open(`/console/clients/none/${part}`)).response.status, 404);
  });

  it('shows those who only look no way to change it', async () => {
    const reader = createOperator(server.issuer, ada);
    const page = await reader.open('/console/clients/shop');
    assert.equal(page.response.status, 200);
    assert.doesNotMatch(page.text, /\/disable|\/rotate-secret/);
  });
});
