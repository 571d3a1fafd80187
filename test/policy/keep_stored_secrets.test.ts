import assert from 'node:assert/strict';
import type { Configuration } from '../../src/domain/configuration.ts';
import { keepStoredSecrets } from '../../src/policy/keep_stored_secrets.ts';

const client = { metadata: {}, trusted: false, refreshRotation: true, webOrigins: [] };
const [stored, given] = [Buffer.from('stored'), Buffer.from('given')];
const current: Configuration = {
  version: 1,
  policies: new Map(),
  roles: new Map(),
  scopes: new Map(),
  resources: new Map(),
  clients: new Map([
    ['shop', { ...client, clientId: 'shop', secretHash: stored, disabled: false }],
    ['spa', { ...client, clientId: 'spa', disabled: false }],
  ]),
};

describe('stored secrets', () => {
  it('stay where they are to stay, and only there', () => {
    const { desired, missing } = keepStoredSecrets(current, {
      clients: new Map([['shop', { ...client, clientId: 'shop', keepsSecret: true }]]),
    });
    assert.deepEqual(missing, []);
    assert.deepEqual(desired.clients?.get('shop'), { ...client, clientId: 'shop', secretHash: stored });
    for (const secretHash of [undefined, given]) {
      const wanted = { ...client, clientId: 'shop', ...(secretHash ? { secretHash } : {}) };
      const settled = keepStoredSecrets(current, { clients: new Map([['shop', wanted]]) });
      assert.deepEqual(settled, { desired: { clients: new Map([['shop', wanted]]) }, missing: [] });
    }
  });

  it('are missed where there is none', () => {
    const wanted = ['spa', 'new'].map(
      (clientId) => [clientId, { ...client, clientId, keepsSecret: true }] as const,
    );
    assert.deepEqual(keepStoredSecrets(current, { clients: new Map(wanted) }).missing, ['spa', 'new']);
  });

  it('are no matter of a file without clients', () => {
    assert.deepEqual(keepStoredSecrets(current, { roles: new Map() }), {
      desired: { roles: new Map() },
      missing: [],
    });
  });
});
