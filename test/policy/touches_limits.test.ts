import assert from 'node:assert/strict';
import type { Configuration } from '../../src/domain/configuration.ts';
import { compareConfigurations } from '../../src/policy/compare_configurations.ts';
import { touchesLimits } from '../../src/policy/touches_limits.ts';

const client = { metadata: {}, trusted: false, refreshRotation: true, webOrigins: [] };
const current: Configuration = {
  version: 1,
  policies: new Map([['short', { name: 'short', version: 1, limits: { refresh_idle: 60 }, baselines: [] }]]),
  roles: new Map([['guard', { name: 'guard', policy: 'short' }]]),
  scopes: new Map([['mail', { name: 'mail', description: 'Mail' }]]),
  resources: new Map(),
  clients: new Map([
    ['shop', { ...client, clientId: 'shop', disabled: false }],
    ['till', { ...client, clientId: 'till', policy: 'short', disabled: false }],
  ]),
};
const shop = { ...client, clientId: 'shop' };
const till = { ...client, clientId: 'till', policy: 'short' };

describe('a difference', () => {
  const touches = (desired: Parameters<typeof compareConfigurations>[1]) => {
    const differences = compareConfigurations(current, desired);
    assert.equal(differences.length, 1);
    return differences.some((difference) => touchesLimits(current, difference));
  };
  const clients = (...wanted: { clientId: string }[]) => ({
    clients: new Map(wanted.map((one) => [one.clientId, { ...client, ...one }])),
  });

  it('touches limits where it is in a policy, or in what names one', () => {
    assert.ok(touches({ policies: new Map([['short', { limits: { refresh_idle: 90 }, baselines: [] }]]) }));
    assert.ok(touches({ policies: new Map() }));
    assert.ok(touches({ roles: new Map([['guard', { name: 'guard' }]]) }));
    assert.ok(touches({ roles: new Map() }));
    assert.ok(
      touches({ scopes: new Map([['mail', { name: 'mail', description: 'Mail', policy: 'short' }]]) }),
    );
    assert.ok(touches(clients(shop, { clientId: 'till' })));
    assert.ok(touches(clients(shop)), 'an app that goes takes its policy with it');
    assert.ok(touches(clients(shop, till, { ...till, clientId: 'other till' })));
  });

  it('touches none where an app without a policy comes, changes or goes', () => {
    assert.ok(!touches(clients(shop, till, { clientId: 'portal' })));
    assert.ok(!touches(clients({ ...shop, trusted: true } as { clientId: string }, till)));
    assert.ok(!touches(clients(till)));
    assert.ok(!touches({ scopes: new Map() }));
    assert.ok(!touches({ branding: { name: 'Ours' } }));
  });
});
