import assert from 'node:assert/strict';
import { rotateClientSecret } from '../../src/operations/rotate_client_secret.ts';
import { ada, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { assertRefused } from '../support/gate.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

describe('a client whose secret is rotated', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer(exampleConfiguration());
  });
  afterEach(() => server.stop());

  async function rotate(overlap: number): Promise<string> {
    const origin = { actor: 'test' };
    const { secret } = await server.database.transaction((tx) =>
      rotateClientSecret(tx, { clientId: 'shop', overlap }, origin),
    );
    // An instance reads a new version within a second by itself, and at once where the admin API is asked.
    await fetch(`${server.issuer}/admin/v1/keys`);
    return secret;
  }
  const partyWith = (secret: string) => createRelyingParty(server.issuer, { ...shop, secret });
  const isProved = async (secret: string) => {
    const { status, body } = await (await partyWith(secret)).token({
      grant_type: 'refresh_token',
      refresh_token: 'none',
    });
    assert.ok([400, 401].includes(status));
    return body.error !== 'invalid_client';
  };

  it('refreshes with either secret during the overlap, and with the new one alone after it', async () => {
    const before = await partyWith(shop.secret);
    const tokens = await before.signIn(ada);
    const secret = await rotate(600);
    const second = await before.refresh(tokens.refresh_token ?? '');
    const after = await partyWith(secret);
    const third = await after.refresh(second.refresh_token ?? '');
    await server.clock.advance(600);
    await assert.rejects(before.refresh(third.refresh_token ?? ''), { status: 401 });
    await after.refresh(third.refresh_token ?? '');
    await assertRefused(after, tokens, 'reuse_detected');
  });

  it('is proved by the new secret alone where there is no overlap', async () => {
    const secret = await rotate(0);
    assert.deepEqual([await isProved(shop.secret), await isProved(secret)], [false, true]);
  });

  it('finds no secret of it in a log', async () => {
    const secret = await rotate(600);
    assert.deepEqual([await isProved(shop.secret), await isProved(secret)], [true, true]);
    const logged = JSON.stringify(server.logged);
    for (const one of [secret, shop.secret]) assert.ok(!logged.includes(one));
  });
});
