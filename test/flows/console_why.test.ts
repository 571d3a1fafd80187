import assert from 'node:assert/strict';
import { adminConfiguration } from '../support/administrators.ts';
import { ada, grace } from '../support/example_configuration.ts';
import { listEvents } from '../support/gate.ts';
import { createOperator, headingOf } from '../support/operators.ts';
import type { OpenedPage, Operator } from '../support/operators.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';

const textOf = (cell: string) =>
  cell
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
/** The cells of each row of a page's tables. */
const rowsOf = ({ text }: OpenedPage) =>
  [...text.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => textOf(cell)),
  );
const find = (page: OpenedPage, first: string) => rowsOf(page).find(([cell]) => cell === first);

describe('the console tells', () => {
  let server: TestServer;
  let reader: Operator;
  let writer: Operator;

  before(async () => {
    server = await startTestServer(adminConfiguration());
    reader = createOperator(server.issuer, ada);
    await reader.open('/console');
    writer = createOperator(server.issuer, grace);
    await writer.open('/console/keys/rotate');
  });
  after(() => server.stop());
  afterEach(() => server.clock.reset());

  describe('why a limit holds', () => {
    const explain = (query: string) => reader.open(`/console/explain?${query}`);

    it('by its winner and what lost, and which scopes are granted', async () => {
      const asked = 'username=joan&client=shop&scope=openid+payments.write&resource=';
      const page = await explain(asked);
      assert.equal(page.response.status, 200);
      assert.match(page.text, /joan, with the roles admin, member, at shop, for https:\/\/api\.example\.com/);
      assert.deepEqual(find(page, 'App access: idle limit'), [
        'App access: idle limit',
        '10 minutes',
        'admin, version 1 by role admin',
        '30 minutes, member, version 1 by role member: less strict 15 minutes, default, built in : counts only where nothing else sets it',
      ]);
      assert.match(page.text, /href="\/console\/policies\/admin"/);
      assert.deepEqual(find(page, 'payments.write')?.[1], 'Granted at https://api.example.com');
      const refused = await explain('username=ada&client=shop&scope=payments.write');
      assert.deepEqual(find(refused, 'payments.write')?.[1], 'Not granted: it takes the role admin');
    });

    it('and at the field what is not there', async () => {
      assert.equal((await reader.open('/console/explain')).response.status, 200);
      for (const [query, field] of [
        ['username=', 'username'],
        ['username=nobody-here', 'username'],
        ['username=ada&client=none', 'client'],
        ['username=ada&scope=none', 'scope'],
        ['username=ada&resource=none', 'resource'],
      ] as const) {
        const page = await explain(query);
        assert.equal(page.response.status, 422, query);
        assert.match(page.text, new RegExp(`<a href="#${field}">`), query);
      }
    });
  });

  it('what each role has', async () => {
    const page = await reader.open('/console/roles');
    const rows = rowsOf(page).filter(([name]) => name === 'admin');
    assert.deepEqual(rows[0]?.slice(0, 5), [
      'admin',
      '2 people with the role admin',
      '1 hour admin',
      '1 day admin',
      '10 minutes admin',
    ]);
    assert.match(rows[1]?.join(' | ') ?? '', /^admin \| None \| .*hipaa.* \| .*pci-dss-4\.0\.1/);
  });

  describe('how the configuration came to be', () => {
    const inForce = async () => (await loadConfiguration(server.database)).version;

    it('and goes back to a version after a look at what that would end', async () => {
      const first = await inForce();
      const { policies } = adminConfiguration();
      const longer = { limits: { session_idle: 7200 }, baselines: [] };
      await server.apply({ policies: new Map([...policies, ['member', longer]]) });
      const list = await reader.open('/console/history?policy=member');
      const [, told] = rowsOf(list);
      assert.match(told?.[3] ?? '', /^policies member: access_token_ttl 10 minutes → unset \(stricter\); /);
      assert.match(told?.[3] ?? '', /; session_idle 1 hour → 2 hours \(looser\)$/);
      const compared = await reader.open(`/console/history/${first}`);
      assert.equal(headingOf(compared), `From version ${first} to version ${first + 1}`);
      assert.deepEqual(
        rowsOf(compared).find(([, field]) => field === 'session_idle'),
        ['policies member', 'session_idle', '1 hour → 2 hours', 'looser'],
      );
      assert.doesNotMatch(compared.text, /going back/, 'who may only look is offered no way back');
      const latest = await reader.open(`/console/history/${first + 1}`);
      assert.equal(headingOf(latest), headingOf(compared), 'what the one in force changed');
      const same = await reader.open(`/console/history/${first}?to=${first}`);
      assert.match(same.text, /Nothing: they are the same/);

      const { account_id: accountId } = await sqlOne<{ account_id: string }>(
        server.database,
        `select account_id from accounts where username = 'ada'`,
      );
      await sql(
        server.database,
        `update sessions set last_activity_at = curfew_now() - interval '90 minutes' where account_id = $1`,
        accountId,
      );
      const events = (await listEvents(server.database)).length;
      const preview = await writer.open(`/console/history/${first}/revert`);
      assert.equal(headingOf(preview), `What would end: back to version ${first}`);
      assert.match(preview.text, /<strong>1 session and 0 accesses of apps that are open now/);
      assert.deepEqual(find(preview, 'member'), ['member', 'idle_timeout', '1', '0']);
      assert.equal(await inForce(), first + 1);
      assert.equal((await listEvents(server.database)).length, events, 'a look leaves no trace');

      const wrong = await writer.submit(preview, /revert$/, { message: 'a \u202e b' });
      assert.equal(wrong.response.status, 422);
      assert.equal(await inForce(), first + 1);
      await server.apply({ branding: { name: 'Meanwhile' } });
      const stale = await writer.submit(preview, /revert$/, { message: 'Too long' });
      assert.equal(stale.response.status, 409);
      assert.match(stale.text, /changed meanwhile/);
      const again = await writer.open(`/console/history/${first + 1}/revert`);
      assert.match(again.text, /Nothing that is open now would end/);
      const looked = await writer.open(`/console/history/${first}/revert`);
      const done = await writer.submit(looked, /revert$/, { message: 'Too long' });
      assert.match(done.text, new RegExp(`role="status"[^>]*>All is as in version ${first} again\\.`));
      const [, newest] = rowsOf(done);
      assert.equal(newest?.[0], `Version ${first + 3}`);
      assert.equal(newest?.[2], 'admin, by grace');
      assert.match(newest?.[3] ?? '', new RegExp(`^Too long Re-establishes version ${first} `));
      assert.equal(
        (await loadConfiguration(server.database)).policies.get('member')?.limits.session_idle,
        3600,
      );
    });

    it('of very many changes the first', async () => {
      const version = await inForce();
      const { roles } = adminConfiguration();
      const many = Array.from({ length: 510 }, (_, at) => `r${at}`);
      await server.apply({
        roles: new Map([...(roles ?? []), ...many.map((name) => [name, { name }] as const)]),
      });
      const page = await reader.open(`/console/history/${version}`);
      assert.equal(rowsOf(page).length, 1 + 500);
      assert.match(page.text, /And 10 more, which <code>curfew policy diff<\/code> tells/);
      assert.match((await reader.open('/console/history')).text, /and 502 more/);
      const thousand = Array.from({ length: 1010 }, (_, at) => `r${at}`);
      await server.apply({
        roles: new Map([...(roles ?? []), ...thousand.map((name) => [name, { name }] as const)]),
      });
      const cut = await reader.open(`/console/history/${version}`);
      assert.match(cut.text, /And more than 500 more, which/);
      await server.apply({ roles: roles ?? new Map() });
    });

    it('and goes back to none in which nobody could change anything', async () => {
      const version = await inForce();
      const page = await writer.open('/console/history/1/revert');
      assert.equal(page.response.status, 409);
      assert.match(page.text, /No administrator would be left/);
      assert.equal(await inForce(), version);
    });

    it('and of a version that never was, that there is none', async () => {
      const page = await writer.open('/console/history/999999');
      assert.match(page.text, /There is no version 999999: the history has 1 to/);
      assert.equal((await writer.open('/console/history/x')).response.status, 404);
    });
  });

  it('what signs, and rotates the keys, by force where they are not known everywhere', async () => {
    const { text } = await reader.open('/console/keys');
    assert.match(text, /They rotate by themselves every 90 days/);
    assert.doesNotMatch(text, /Rotate them now|It leaked/, 'who may only look is offered no change');
    const idsIn = (page: OpenedPage, caption: string) => {
      const [, table = ''] =
        new RegExp(`<caption[^>]*>${caption}</caption>(.*?)</table>`, 's').exec(page.text) ?? [];
      return [...table.matchAll(/<code>(.*?)<\/code>/g)].map(([, id]) => id);
    };
    const before = await writer.open('/console/keys');
    const next = idsIn(before, 'Keys that will sign');
    assert.equal(next.length, 3);
    const asked = await writer.open('/console/keys/rotate');
    assert.match(asked.text, /not known everywhere before/);
    const done = await writer.submit(asked, /keys\/rotate$/);
    assert.match(done.text, /role="status"[^>]*>The keys are rotated\./);
    assert.deepEqual(new Set(idsIn(done, 'Keys that sign')), new Set(next));
    const previous = idsIn(done, 'Keys that signed');
    assert.equal(previous.length, 3);

    const removal = await writer.open(`/console/keys/${previous[0]}/remove`);
    assert.equal(headingOf(removal), 'Remove this key?');
    const removed = await writer.submit(removal, /remove$/);
    assert.deepEqual(idsIn(removed, 'Keys that signed'), previous.slice(1));
    assert.equal((await writer.open(`/console/keys/${next[0]}/remove`)).response.status, 404, 'it signs');
    const names = (await listEvents(server.database)).map(({ name, detail }) => [name, detail.actor]);
    const actors = names.filter(([name]) => name === 'signing_key.removed').map(([, actor]) => actor);
    assert.match(String(actors), /^admin:/);
  });
});
