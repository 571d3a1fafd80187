import assert from 'node:assert/strict';
import type { PastClient, PastConfiguration } from '../../src/domain/configuration.ts';
import { compareVersions } from '../../src/policy/compare_versions.ts';

const client = (parts: Partial<PastClient>): PastClient => ({
  clientId: 'shop',
  metadata: {},
  trusted: false,
  refreshRotation: true,
  webOrigins: [],
  disabled: false,
  ...parts,
});
const withClient = (parts: Partial<PastClient>): PastConfiguration => ({
  version: 1,
  policies: new Map(),
  roles: new Map(),
  scopes: new Map(),
  resources: new Map(),
  clients: new Map([['shop', client(parts)]]),
});

describe('versions compared', () => {
  const fieldsOf = (before: Partial<PastClient>, after: Partial<PastClient>) =>
    compareVersions(withClient(before), withClient(after)).flatMap(({ fields }) => fields);

  it('tell that a client was disabled, which is stricter, and enabled, which is looser', () => {
    const field = 'disabled';
    assert.deepEqual(fieldsOf({}, { disabled: true }), [
      { field, from: undefined, to: true, direction: 'stricter' },
    ]);
    assert.deepEqual(fieldsOf({ disabled: true }, { trusted: true }), [
      { field: 'trusted', from: undefined, to: true, direction: 'looser' },
      { field, from: true, to: undefined, direction: 'looser' },
    ]);
  });

  it('tell that a secret was set anew, by its version alone', () => {
    const changed = [{ field: 'secret', from: undefined, to: '(changed)' }];
    assert.deepEqual(fieldsOf({ secretVersion: 2 }, { secretVersion: 3 }), changed);
    assert.deepEqual(fieldsOf({ secretVersion: 2 }, { secretVersion: 2 }), []);
  });
});
