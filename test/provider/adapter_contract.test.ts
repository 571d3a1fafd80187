import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { createDatabaseSubject, createMemorySubject } from '../support/adapter_subjects.ts';
import type { AdapterSubject, DatabaseSubject } from '../support/adapter_subjects.ts';

/** Seconds. */
const ttl = 600;

/** What the library stores of each model that both adapters serve. */
const models: Record<string, (accountId: string, id: string) => AdapterPayload> = {
  Interaction: (accountId, id) => ({
    kind: 'Interaction',
    jti: id,
    returnTo: 'https://login.example.com/auth/x',
    prompt: { name: 'consent', reasons: ['op_scopes_missing'], details: { missingOIDCScope: ['openid'] } },
    params: { client_id: 'shop', scope: 'openid' },
    session: { accountId, uid: 'a session', amr: ['pwd'] },
    lastSubmission: { login: { accountId } },
    trusted: [],
  }),
  PushedAuthorizationRequest: (_, id) => ({ kind: 'PushedAuthorizationRequest', jti: id, request: 'a.b.c' }),
  Grant: (accountId, id) => ({
    kind: 'Grant',
    jti: id,
    accountId,
    clientId: 'shop',
    openid: { scope: 'openid profile' },
    resources: { 'https://api.example.com': 'reports.read' },
  }),
  Session: (accountId, id) => ({
    kind: 'Session',
    jti: id,
    uid: `uid of ${id}`,
    accountId,
    loginTs: 1,
    amr: ['pwd'],
    authorizations: { shop: { sid: 'a sid', grantId: 'a grant' } },
  }),
};

let ours: DatabaseSubject;
before(async () => {
  ours = await createDatabaseSubject();
});
after(() => ours.close());

const subjects: [name: string, get: () => AdapterSubject][] = [
  ["the library's adapter in memory", () => createMemorySubject(ours)],
  ['our adapter', () => ours],
];
for (const [name, get] of subjects) {
  describe(name, () => {
    let subject: AdapterSubject;
    let id: string;

    before(() => {
      subject = get();
    });
    beforeEach(() => {
      id = randomUUID();
    });

    async function store(model: string, change: Partial<AdapterPayload> = {}): Promise<AdapterPayload> {
      const now = Math.floor(Date.now() / 1000);
      const build = models[model];
      assert.ok(build);
      const payload = { ...build(subject.accountId, id), iat: now, exp: now + ttl, ...change };
      await subject.request(() => subject.adapter(model).upsert(id, payload, ttl));
      if (model === 'Session') await subject.signIn(`uid of ${id}`);
      return payload;
    }
    const ask = <Result>(model: string, question: (adapter: Adapter) => Promise<Result>) =>
      subject.request(() => question(subject.adapter(model)));
    const find = (model: string) => ask(model, (adapter) => adapter.find(id));

    /** The payload is there; when it was issued and expires is the adapter's own matter. */
    function assertHolds(found: AdapterPayload | undefined | void, payload: AdapterPayload): void {
      assert.ok(found);
      const { iat: _iat, exp: _exp, ...expected } = payload;
      const shared = Object.keys(expected).map((key) => [key, found[key]]);
      assert.deepEqual(Object.fromEntries(shared), expected);
      assert.ok((found.exp ?? 0) > Math.floor(Date.now() / 1000), 'it is not expired');
      assert.ok(!found.consumed);
    }

    for (const model of Object.keys(models)) {
      describe(`with the model ${model}`, () => {
        it('finds the payload that was stored', async () => {
          const payload = await store(model);
          assertHolds(await find(model), payload);
        });

        it('finds nothing under an id that was not', async () => {
          await store(model);
          id = randomUUID();
          assert.equal(await find(model), undefined);
        });

        it('finds nothing of another model', async () => {
          await store(model);
          for (const other of Object.keys(models).filter((key) => key !== model)) {
            assert.equal(await find(other), undefined);
          }
        });

        it('finds the latest payload', async () => {
          await store(model);
          const payload = await store(model, { extra: { is: 'new' } });
          assertHolds(await find(model), payload);
        });
      });
    }

    it('finds a Session by its uid, and none by an unknown one', async () => {
      const payload = await store('Session');
      const found = await ask('Session', (adapter) => adapter.findByUid(payload.uid ?? ''));
      assert.equal(found?.accountId, subject.accountId);
      assert.deepEqual(found?.authorizations, payload.authorizations);
      assert.equal(await ask('Session', (adapter) => adapter.findByUid('unknown')), undefined);
    });

    for (const model of ['Interaction', 'PushedAuthorizationRequest', 'Session']) {
      it(`finds no ${model} once it was destroyed`, async () => {
        await store(model);
        await ask(model, async (adapter) => {
          await adapter.find(id);
          await adapter.destroy(id);
        });
        assert.equal(await find(model), undefined);
      });
    }

    for (const model of ['Interaction', 'PushedAuthorizationRequest']) {
      it(`marks the ${model} as consumed`, async () => {
        await store(model);
        await ask(model, (adapter) => adapter.consume(id));
        assert.ok((await find(model))?.consumed);
      });

      it(`finds the ${model} until it expires, and not then`, async () => {
        await store(model);
        await subject.clock.advance(ttl - 2);
        assert.ok(await find(model));
        await subject.clock.advance(2);
        assert.equal(await find(model), undefined);
      });
    }
  });
}
