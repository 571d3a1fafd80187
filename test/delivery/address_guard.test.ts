import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { AddressRefused, guardedLookup, isAllowedAddress } from '../../src/delivery/address_guard.ts';
import type { AddressRules } from '../../src/delivery/address_guard.ts';

const production: AddressRules = { allowedNetworks: [], allowsLoopback: false };
const development: AddressRules = { allowedNetworks: [], allowsLoopback: true };

describe('isAllowedAddress', () => {
  for (const address of ['93.184.215.14', '1.1.1.1', '2606:2800:21f:cb07:6820:80da:af6b:8b2c']) {
    it(`lets ${address} be reached`, () => assert.ok(isAllowedAddress(address, production)));
  }

  const refused = [
    ['0.0.0.0', '127.0.0.1', '127.255.255.254', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ['100.64.0.1', '169.254.169.254', '192.0.0.1', '192.0.2.1', '198.18.0.1', '224.0.0.1', '240.0.0.1'],
    ['255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::a00:1', 'fc00::1'],
    [
      'fd12:3456:789a::1',
      'fe80::1',
      'ff02::1',
      '2001:db8::1',
      '2002:a00:1::',
      '::127.0.0.1',
      '::a00:1',
      'localhost',
      '',
    ],
  ].flat();
  for (const address of refused) {
    it(`does not let ${address || 'nothing'} be reached`, () =>
      assert.equal(isAllowedAddress(address, production), false));
  }

  it('lets this machine be reached in development, and no other private address', () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
      assert.ok(isAllowedAddress(address, development));
    for (const address of ['10.0.0.1', '169.254.169.254', '0.0.0.0'])
      assert.equal(isAllowedAddress(address, development), false);
  });

  it('lets the networks be reached that an operator allows, in either way of writing IPv4', () => {
    const rules = { allowedNetworks: ['10.1.0.0/16', 'fd00:1::/32'], allowsLoopback: false };
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd00:1::9'])
      assert.ok(isAllowedAddress(address, rules));
    for (const address of ['10.2.0.1', 'fd00:2::9', '127.0.0.1'])
      assert.equal(isAllowedAddress(address, rules), false);
  });
});

describe('guardedLookup', () => {
  const resolve = (rules: AddressRules, all: boolean) =>
    new Promise<string | LookupAddress[]>((done, fail) => {
      guardedLookup(rules)('localhost', { all, family: 4 }, (error, address) =>
        error ? fail(error) : done(address),
      );
    });

  it('refuses a name that leads to this machine', async () => {
    await assert.rejects(resolve(production, true), AddressRefused);
    await assert.rejects(resolve(production, false), AddressRefused);
  });

  it('answers as it was asked, with one address or with all', async () => {
    assert.equal(await resolve(development, false), '127.0.0.1');
    assert.deepEqual(await resolve(development, true), [{ address: '127.0.0.1', family: 4 }]);
  });
});
