import assert from 'node:assert/strict';
import type { PastClient, PastConfiguration } from '../../src/domain/configuration.ts';
import { desirePastConfiguration } from '../../src/policy/desire_past_configuration.ts';

const client = (parts: Partial<PastClient> = {}): PastClient => ({
  clientId: 'shop',
  metadata: {},
  trusted: false,
  refreshRotation: true,
  webOrigins: [],
  disabled: false,
  ...parts,
});

const configurationOf = (...clients: PastClient[]): PastConfiguration => ({
  version: 1,
  policies: new Map(),
  roles: new Map(),
  scopes: new Map(),
  resources: new Map(),
  clients: new Map(clients.map((one) => [one.clientId, one])),
});

describe('what is wanted so that all becomes as it was', () => {
  const cases: [
    title: string,
    then: PastClient,
    now: PastClient | undefined,
    keeps: boolean,
    fate?: object,
  ][] = [
    ['keeps a secret that is the same', client({ secretVersion: 3 }), client({ secretVersion: 3 }), true],
    [
      'keeps a secret that was set since, and tells of it',
      client({ secretVersion: 3 }),
      client({ secretVersion: 5 }),
      true,
      { what: 'secret_kept', since: 5 },
    ],
    [
      'tells of a secret whose client is gone',
      client({ secretVersion: 3 }),
      undefined,
      false,
      { what: 'secret_lost' },
    ],
    [
      'tells of a secret that was taken away',
      client({ secretVersion: 3 }),
      client(),
      false,
      { what: 'secret_lost' },
    ],
    ['takes away a secret that was set since', client(), client({ secretVersion: 5 }), false],
    ['knows of none where there was none', client(), undefined, false],
  ];
  for (const [title, then, now, keeps, fate] of cases) {
    it(title, () => {
      const { desired, unrestored } = desirePastConfiguration(
        configurationOf(...(now ? [now] : [])),
        configurationOf(then),
      );
      assert.equal(desired.clients.get('shop')?.keepsSecret ?? false, keeps);
      assert.deepEqual(unrestored, fate ? [{ clientId: 'shop', ...fate }] : []);
      assert.equal(desired.clients.get('shop')?.secretHash, undefined);
    });
  }

  it('names the clients that come back disabled, and none that is there', () => {
    const past = configurationOf(
      client({ disabled: true }),
      client({ clientId: 'portal', disabled: true }),
      client({ clientId: 'spa' }),
    );
    const { disabled } = desirePastConfiguration(configurationOf(client({ clientId: 'portal' })), past);
    assert.deepEqual(disabled, ['shop']);
  });
});
