import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { hasAdministrator } from '../../src/operations/has_administrator.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { adminConfiguration, createAdministrator } from '../support/administrators.ts';
import type { Administrator, ApiAnswer } from '../support/administrators.ts';
import { ada, api, shop } from '../support/example_configuration.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { snapshot, sqlOne } from '../support/sql.ts';

type Document = Record<string, Record<string, Record<string, unknown>>> & {
  clients: Record<string, unknown>[];
};

describe('the whole configuration, by the admin API', () => {
  let server: TestServer;
  let admin: Administrator;

  beforeEach(async () => {
    server = await startTestServer(adminConfiguration());
    admin = await createAdministrator(server.issuer);
  });
  afterEach(() => server.stop());

  const read = async () => {
    const { status, body, headers } = await admin.call('GET', '/configuration');
    assert.equal(status, 200);
    return { ...(body as { version: number; configuration: Document }), tag: headers.get('etag') ?? '' };
  };
  const put = (configuration: unknown, headers: Record<string, string> = {}, message?: string) =>
    admin.call('PUT', '/configuration', { configuration, ...(message ? { message } : {}) }, headers);
  const preview = (configuration: unknown) => admin.call('POST', '/configuration/preview', { configuration });
  /** What a change would have changed, and no job does. */
  const standing = async () => {
    const rows = await snapshot(server.database);
    const tables = [
      'accounts',
      'account_roles',
      'configuration_state',
      'policies',
      'clients',
      'roles',
      'scopes',
    ];
    return tables.map((table) => {
      assert.ok((rows[table]?.length ?? 0) > 0, table);
      return [table, rows[table]];
    });
  };
  const assertRefused = ({ status, body }: ApiAnswer, expected: number, why: RegExp) => {
    assert.equal(status, expected, JSON.stringify(body));
    assert.match(body.detail, why);
  };

  it('is taken as it is given, as nothing to change', async () => {
    // Those of the tests lack what a file always says.
    assert.equal((await put((await read()).configuration)).status, 200);
    const { configuration, tag, version } = await read();
    assert.equal(tag, `"${version}"`);
    assert.doesNotMatch(JSON.stringify(configuration), /sha256|password/);
    for (const answer of [await preview(configuration), await put(configuration, { 'if-match': tag })]) {
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      const { differences, users, would_end: ends, ended } = answer.body;
      assert.deepEqual([differences, users, ends, ended], [[], [], [], { sessions: 0, families: 0 }]);
    }
    assert.equal((await read()).version, version);
  });

  it('is previewed to the row, and then ends what the preview said', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada, { scope: 'openid reports.read', resource: api });
    await server.clock.advance(120);
    const { configuration } = await read();
    const member = { ...configuration.policies?.member, session_idle: '1m' };
    const wanted = { policies: { ...configuration.policies, member } };
    const before = await standing();
    const { body: told } = await preview(wanted);
    assert.deepEqual(await standing(), before);
    assert.deepEqual(told.would_end, [
      { policy: 'member', reason: 'idle_timeout', sessions: 1, families: 1 },
    ]);
    const [difference] = told.differences;
    assert.deepEqual(
      [difference.section, difference.name, difference.kind],
      ['policies', 'member', 'changed'],
    );

    await admin.authorize();
    const done = await put(wanted, {}, 'Shorter, after the audit');
    assert.equal(done.status, 200, JSON.stringify(done.body));
    assert.deepEqual(done.body.would_end, told.would_end);
    const [newest] = (await admin.call('GET', '/configuration/versions?limit=1')).body.items;
    assert.deepEqual(
      [newest.version, newest.author, newest.username, newest.message],
      [done.body.version, 'admin', 'grace', 'Shorter, after the audit'],
    );
    await assert.rejects(party.refresh(tokens.refresh_token ?? ''), { error: 'invalid_grant' });
  });

  it('takes hashes of secrets alone, and reads no variable of the server', async () => {
    const secret = 'a secret of more than sixteen';
    const sha256 = createHash('sha256').update(secret).digest('hex');
    const robot = { client_id: 'robot', grant_types: ['client_credentials'], scope: 'reports.read' };
    const { configuration } = await read();
    const added = await put({
      clients: [...configuration.clients, { ...robot, client_secret_sha256: sha256 }],
      users: [{ username: 'emmy', roles: ['member'], email: 'emmy@example.com' }],
    });
    assert.equal(added.status, 200, JSON.stringify(added.body));
    assert.deepEqual(added.body.users, [{ username: 'emmy', kind: 'added', fields: [] }]);
    assert.doesNotMatch(JSON.stringify(added.body), new RegExp(sha256));
    const { hash } = await sqlOne<{ hash: string | null }>(
      server.database,
      "select password_hash as hash from accounts where username = 'emmy'",
    );
    assert.equal(hash, null);
    const form = new URLSearchParams({ grant_type: 'client_credentials', resource: api });
    const authorization = `Basic ${Buffer.from(`robot:${encodeURIComponent(secret)}`).toString('base64')}`;
    const token = await fetch(`${server.issuer}/token`, {
      method: 'POST',
      body: form,
      headers: { authorization },
    });
    assert.equal(token.status, 200, await token.text());

    const before = await standing();
    for (const wanted of [
      { clients: [{ ...robot, client_secret_env: 'PATH' }] },
      { users: [{ username: 'emmy', password_env: 'PATH' }] },
    ])
      for (const answer of [await preview(wanted), await put(wanted)])
        assertRefused(answer, 400, /_env: names an environment variable, and a server reads none/);
    assert.deepEqual(await standing(), before);
  });

  it('changes nothing where it has a fault, and names every one', async () => {
    const before = await standing();
    const wanted = { policies: { member: { session_idle: 'soon' } }, rolls: {}, roles: { 'a\0': {} } };
    assertRefused(await put(wanted), 400, /holds a character that is not text/);
    const { status, body } = await put({ ...wanted, roles: undefined });
    assert.equal(status, 400);
    assert.match(body.detail, /^rolls: is not a section/m);
    assert.match(body.detail, /^policies\.member\.session_idle: /m);
    assertRefused(await put({ roles: {} }), 400, /there is no role admin/);
    assertRefused(await put({ policies: {} }), 409, /there is no policy/);
    assert.deepEqual(await standing(), before);
  });

  it('is not changed where somebody else changed it meanwhile', async () => {
    const { configuration, tag } = await read();
    const renamed = { ...configuration, branding: { name: 'Ours' } };
    assert.equal((await put(renamed, { 'if-match': tag })).status, 200);
    const late = await put(renamed, { 'if-match': tag });
    assert.deepEqual([late.status, late.body.type], [412, 'urn:curfew:problem:precondition_failed']);
  });

  it('keeps somebody who may change it, whichever section would leave nobody', async () => {
    const { configuration } = await read();
    const write = { ...configuration.scopes?.['curfew:write'], roles: ['member'] };
    const { 'curfew:write': _gone, ...others } = configuration.scopes ?? {};
    const wishes = [
      { users: ['grace', 'joan'].map((username) => ({ username, roles: [] })) },
      {
        scopes: { ...configuration.scopes, 'curfew:write': write },
        users: ['ada', 'joan'].map((username) => ({ username, roles: [] })),
      },
      { scopes: others },
    ];
    const before = await standing();
    for (const wanted of wishes)
      for (const { status, body } of [await preview(wanted), await put(wanted)])
        assert.deepEqual(
          [status, body.type],
          [409, 'urn:curfew:problem:last_administrator'],
          JSON.stringify([wanted, body]),
        );
    assert.deepEqual(await standing(), before);
    assert.ok(await hasAdministrator(server.database, await loadConfiguration(server.database)));
  });

  it('leaves one of two administrators who disable each other at once', async () => {
    const joan = await createAdministrator(server.issuer, {
      username: 'joan',
      password: 'battery staple horse',
    });
    const idOf = async (username: string) =>
      String((await admin.call('GET', `/accounts?username=${username}`)).body.items[0].account_id);
    const [graces, joans] = [await idOf('grace'), await idOf('joan')];
    const answers = await Promise.all([
      admin.call('POST', `/accounts/${joans}/disable`),
      joan.call('POST', `/accounts/${graces}/disable`),
    ]);
    const statuses = answers.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, 1, String(statuses));
    assert.ok(await hasAdministrator(server.database, await loadConfiguration(server.database)));
  });

  it('may be longer than other bodies, and not without end', async () => {
    const { configuration } = await read();
    const scopes = { ...configuration.scopes };
    for (let index = 0; index < 4000; index += 1) scopes[`scope.${index}`] = { description: 'x'.repeat(100) };
    const long = JSON.stringify({ configuration: { scopes } });
    assert.ok(long.length > 256 * 1024);
    assert.equal((await admin.call('POST', '/configuration/preview', long)).status, 200);
    const endless = await admin.call('POST', '/configuration/preview', `"${'x'.repeat(4 * 1024 * 1024)}"`);
    assert.equal(endless.status, 413);
  });
});
