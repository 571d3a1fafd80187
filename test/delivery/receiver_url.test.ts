import assert from 'node:assert/strict';
import { isReceiverUrl } from '../../src/delivery/receiver_url.ts';

const serving = { allowedNetworks: [], allowsLoopback: false };
const developing = { allowedNetworks: [], allowsLoopback: true };
const inside = { allowedNetworks: ['10.1.0.0/16'], allowsLoopback: false };

describe('the address that a receiver gives', () => {
  const cases: [address: string, rules: typeof inside, allowed: boolean][] = [
    ['https://receiver.example.com/events?id=1', serving, true],
    ['https://203.0.113.9:8443/', serving, false],
    ['https://93.184.215.14:8443/', serving, true],
    ['http://receiver.example.com/', serving, false],
    ['https://localhost/', serving, true],
    ['https://127.0.0.1/', serving, false],
    ['https://[::1]/', serving, false],
    ['http://localhost:3000/', serving, false],
    ['http://localhost:3000/', developing, true],
    ['http://127.0.0.1:3000/', developing, true],
    ['http://[::1]:3000/', developing, true],
    ['http://receiver.example.com/', developing, false],
    ['https://10.0.0.1/', developing, false],
    ['https://10.1.2.3/', inside, true],
    ['http://10.1.2.3/', inside, false],
    ['https://0x7f.1/', serving, false],
    ['https://2130706433/', serving, false],
    ['https://receiver.example.com/ ', serving, false],
    ['https://r\u00e9ceiver.example.com/', serving, false],
  ];
  for (const [address, rules, allowed] of cases) {
    const where =
      rules === developing ? 'under development' : rules === inside ? 'with a network allowed' : '';
    it(`${address} is ${allowed ? 'taken' : 'refused'} ${where}`.trim(), () => {
      assert.equal(isReceiverUrl(address, rules), allowed);
    });
  }
});
