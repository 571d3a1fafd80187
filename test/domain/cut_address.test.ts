import assert from 'node:assert/strict';
import { cutAddress } from '../../src/domain/cut_address.ts';

describe('cutAddress', () => {
  for (const [address, cut] of [
    ['203.0.113.77', '203.0.113.x'],
    ['::ffff:203.0.113.77', '203.0.113.x'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:x'],
    ['2001:db8::6', '2001:db8::x'],
    ['::1', '::x'],
    ['fe80::1', 'fe80::x'],
    ['unknown', 'x'],
  ] as const) {
    it(`makes ${cut} of ${address}`, () => assert.equal(cutAddress(address), cut));
  }
});
