import assert from 'node:assert/strict';
import { provesClient } from '../../src/credentials/proves_client.ts';
import { hashToken } from '../../src/credentials/token_hash.ts';

const [own, before, older, other] = ['the secret of now', 'the one before', 'an older one', 'another'];
const client = {
  secretHash: hashToken(own),
  formerSecrets: [
    { hash: hashToken(before), endsAt: 2000 },
    { hash: hashToken(older), endsAt: 1000 },
  ],
};

describe('the secret of a client', () => {
  const cases: [secret: string, now: number, proves: boolean][] = [
    [own, 0, true],
    [own, 1_000_000, true],
    [before, 1999, true],
    [before, 2000, false],
    [older, 999, true],
    [older, 1000, false],
    [other, 0, false],
    ['', 0, false],
    [hashToken(own).toString('hex'), 0, false],
  ];
  for (const [secret, now, proves] of cases) {
    it(`${proves ? 'proves' : 'does not prove'} it: ${JSON.stringify(secret)} at ${now}`, () =>
      assert.equal(provesClient(client, secret, now), proves));
  }

  it('is needed: a client without one is proved by nothing', () => {
    for (const secret of ['', own, hashToken('').toString('hex')])
      assert.equal(provesClient({}, secret, 0), false);
  });

  it('proves nothing where what is stored is no SHA-256', () =>
    assert.equal(provesClient({ secretHash: Buffer.alloc(0) }, own, 0), false));
});
