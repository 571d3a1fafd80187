import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import { getRequestContext } from '../../src/provider/request_context.ts';
import { createDatabaseSubject } from '../support/adapter_subjects.ts';
import type { DatabaseSubject } from '../support/adapter_subjects.ts';
import { snapshot, sql } from '../support/sql.ts';
import { storeAccount } from '../support/stored_facts.ts';

describe('what our adapter writes', () => {
  let subject: DatabaseSubject;
  let id: string;

  before(async () => {
    subject = await createDatabaseSubject();
  });
  after(() => subject.close());
  beforeEach(() => {
    id = randomUUID();
  });

  const content = async () => JSON.stringify(await snapshot(subject.test.database));
  const payloads: Record<string, () => AdapterPayload> = {
    Interaction: () => ({ jti: id, session: { accountId: 'an account', cookie: `cookie ${id}` } }),
    PushedAuthorizationRequest: () => ({ jti: id, request: 'a.b.c' }),
    Session: () => ({ jti: id, uid: randomUUID() }),
  };

  for (const [model, payload] of Object.entries(payloads)) {
    it(`holds no id of the model ${model}, only its hash`, async () => {
      const before = await content();
      await subject.request(() => subject.adapter(model).upsert(id, payload(), 60));
      const after = await content();
      assert.notEqual(after, before);
      assert.ok(!after.includes(id));
    });

    it(`is not there before the request that stores the ${model} ends, and never when that fails by our fault`, async () => {
      const before = await content();
      const adapter = subject.adapter(model);
      const fault = new Error('ours');
      const failing = subject.request(async () => {
        await adapter.upsert(id, payload(), 60);
        assert.equal(await content(), before);
        getRequestContext().fault = fault;
      });
      await assert.rejects(failing, (error) => error === fault);
      const throwing = subject.request(async () => {
        await adapter.upsert(id, payload(), 60);
        throw fault;
      });
      await assert.rejects(throwing, (error) => error === fault);
      assert.equal(await content(), before);
    });
  }

  it('is there all or not at all', async () => {
    const before = await content();
    const failing = subject.request(async () => {
      await subject.adapter('Interaction').upsert(id, { params: {} }, 60);
      await subject.adapter('Grant').upsert(id, { accountId: 'nobody', clientId: 'shop' }, 60);
    });
    await assert.rejects(failing, { code: '23503' });
    assert.equal(await content(), before);
  });

  it('is seen by the same request where that is a grant', async () => {
    const { accountId } = subject;
    await subject.request(async () => {
      const grants = subject.adapter('Grant');
      await grants.upsert(id, { accountId, clientId: 'shop', openid: { scope: 'openid' } }, 60);
      assert.deepEqual((await grants.find(id))?.openid, { scope: 'openid' });
    });
  });

  it('keeps requests under way at once apart', async () => {
    const work = Array.from({ length: 10 }, (_, index) => `${index} ${id}`);
    await Promise.all(
      work.map((each) =>
        subject.request(async () => {
          await subject.adapter('Interaction').upsert(each, { params: { of: each } }, 60);
          assert.equal(getRequestContext().effects.dependent.length, 1);
        }),
      ),
    );
    for (const each of work) {
      const found = await subject.request(() => subject.adapter('Interaction').find(each));
      assert.deepEqual(found?.params, { of: each });
    }
  });

  describe('of a code', () => {
    const code = () => ({ accountId: subject.accountId, clientId: 'shop', grantId: id, sessionUid: id });
    const store = (model: string, codeId: string) =>
      subject.request(() => subject.adapter(model).upsert(codeId, code(), 60));

    beforeEach(() =>
      subject.request(async () => {
        await subject.adapter('Session').upsert(`cookie ${id}`, { jti: `cookie ${id}`, uid: id }, 60);
        await subject.adapter('Grant').upsert(id, { accountId: subject.accountId, clientId: 'shop' }, 60);
      }),
    );

    it('is there once, whoever approves a device twice at once', async () => {
      await store('DeviceCode', `device ${id}`);
      const before = await content();
      await assert.rejects(store('DeviceCode', `device ${id}`), { status: 409 });
      assert.equal(await content(), before);
    });

    it('is not there when its session has ended meanwhile', async () => {
      await sql(
        subject.test.database,
        "update sessions set ended_at = curfew_now(), end_reason = 'signed_out' where session_id = $1",
        id,
      );
      for (const model of ['AuthorizationCode', 'DeviceCode'])
        await assert.rejects(store(model, `code ${id}`), { status: 409 });
    });
  });

  describe('of a session that another request changed meanwhile', () => {
    const session = (cookie: string, more = {}) => ({ jti: cookie, uid: id, ...more });
    const store = (cookie: string, more = {}) =>
      subject.adapter('Session').upsert(cookie, session(cookie, more), 60);

    /** One request reads the session by its cookie, `meanwhile` happens, then it writes. */
    async function write(more: object, meanwhile: () => Promise<void>, cookie = `old ${id}`): Promise<void> {
      await subject.request(async () => {
        await subject.adapter('Session').find(`old ${id}`);
        await meanwhile();
        await store(cookie, more);
      });
    }

    beforeEach(() => subject.request(() => store(`old ${id}`)));

    it('does not bring back the cookie that the sign-in has replaced', async () => {
      const signIn = () => write({ accountId: subject.accountId }, async () => {}, `new ${id}`);
      await assert.rejects(write({}, signIn), { status: 409 });
      await assert.rejects(
        write({}, async () => {}, `old ${id}`),
        { status: 409 },
      );
      const find = (cookie: string) => subject.request(() => subject.adapter('Session').find(cookie));
      assert.equal(await find(`old ${id}`), undefined);
      assert.equal((await find(`new ${id}`))?.accountId, subject.accountId);
    });

    it('gives it to no other account', async () => {
      const other = await storeAccount(subject.test.database);
      const signIn = () => write({ accountId: subject.accountId }, async () => {});
      await assert.rejects(write({ accountId: other }, signIn), { status: 409 });
      await assert.rejects(
        write({ accountId: other }, async () => {}),
        { status: 409 },
      );
    });

    it('keeps the clients of both', async () => {
      const authorize = (clientId: string) => ({
        accountId: subject.accountId,
        authorizations: { [clientId]: { sid: clientId } },
      });
      await write(authorize('shop'), () => write(authorize('portal'), async () => {}));
      const found = await subject.request(() => subject.adapter('Session').find(`old ${id}`));
      assert.deepEqual(Object.keys(found?.authorizations ?? {}).toSorted(), ['portal', 'shop']);
    });
  });
});
