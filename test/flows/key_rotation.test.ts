import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeProtectedHeader } from 'jose';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import type { App } from '../../src/app.ts';
import { rotateSigningKeys } from '../../src/operations/rotate_signing_keys.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { listSigningKeyTimes } from '../../src/store/signing_keys.ts';
import { createStreamClient, streamConfiguration } from '../support/event_streams.ts';
import { ada, api, client, portal, shop } from '../support/example_configuration.ts';
import { findFreePort } from '../support/ports.ts';
import { waitUntil } from '../support/process_wait.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { Tokens } from '../support/relying_party.ts';
import { startInstance, startTestServer, testSecret } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { createStrictVerifier } from '../support/strict_verifier.ts';

/** How long keys are rotated, in seconds; `npm run test:keys` takes more time. */
const duration = Number(process.env.ROTATION_SECONDS ?? 8);
const rotationMilliseconds = 2000;
const publicMilliseconds = 1600;
const secrets = createSecretsAtRest([testSecret]);
const scope = 'openid offline_access reports.read';

/** Short tokens, so that a key's last one is over within the test. */
function configuration() {
  const { policies, clients, ...rest } = streamConfiguration();
  const limits = { access_token_ttl: 4, session_idle: 5, session_absolute: 5 };
  return {
    ...rest,
    policies: new Map(
      [...policies]
        .map(([name, policy]) => [name, { ...policy, limits: { ...policy.limits, ...limits } }] as const)
        .concat([['default', { limits, baselines: [] }]] as never),
    ),
    clients: new Map([
      ...clients,
      [
        'portal',
        client('portal', {
          secret: portal.secret,
          scope,
          metadata: { id_token_signed_response_alg: 'RS256' },
        }),
      ],
    ]),
    keys: { jwksMaxAge: 1, rotateEvery: 3600 },
  };
}

describe('two instances whose signing keys are rotated', function () {
  this.timeout((duration + 60) * 1000);
  let server: TestServer;
  let second: App;
  let origins: string[];

  before(async () => {
    server = await startTestServer(configuration());
    const port = await findFreePort();
    ({ app: second } = await startInstance({ database: server.database, issuer: server.issuer, port }));
    origins = [server.issuer, `http://localhost:${port}`];
  });
  after(async () => {
    await second.close(1000);
    await server.stop();
  });

  const rotate = async (mode: 'manual' | 'forced') => {
    const inForce = await loadConfiguration(server.database);
    return await server.database.transaction((tx) =>
      rotateSigningKeys(tx, secrets, { configuration: inForce, mode }, { actor: 'test' }),
    );
  };
  const refreshAt = async (origin: string, token: string, of: { clientId: string; secret: string }) => {
    const answer = await fetch(`${origin}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${of.clientId}:${of.secret}`)}` },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, resource: api }),
    });
    const body = (await answer.json()) as Record<string, string>;
    assert.equal(answer.status, 200, JSON.stringify(body));
    return body;
  };
  const isActive = async (origin: string, token: string) => {
    const answer = await fetch(`${origin}/token/introspection`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${shop.clientId}:${shop.secret}`)}` },
      body: new URLSearchParams({ token }),
    });
    return ((await answer.json()) as { active: boolean }).active;
  };
  const signIn = async (of: { clientId: string; secret: string }): Promise<Tokens> =>
    await (await createRelyingParty(server.issuer, of)).signIn(ada, {
      scope,
      prompt: 'consent',
      resource: api,
    });

  it('publish a key of each kind ahead, and both sign with it once it is rotated', async () => {
    const { keys: before } = await listSigningKeyTimes(server.database);
    const next = before.filter(({ state }) => state === 'next');
    assert.deepEqual(
      next.map(({ purpose, algorithm }) => `${purpose} ${algorithm}`),
      ['tokens ES256', 'tokens RS256', 'security_events RS256'],
    );
    const publishedAt = async (origin: string, path: string) => {
      const { keys } = (await (await fetch(origin + path)).json()) as { keys: { kid: string }[] };
      return keys.map(({ kid }) => kid);
    };
    for (const origin of origins) {
      const published = [
        ...(await publishedAt(origin, '/jwks')),
        ...(await publishedAt(origin, '/ssf/jwks')),
      ];
      assert.deepEqual(new Set(published), new Set(before.map(({ keyId }) => keyId)));
    }

    const first = await signIn(shop);
    await rotate('forced');
    const [nextAccess] = next;
    let token = String(first.refresh_token);
    for (const origin of origins) {
      await waitUntil(async () => {
        const tokens = await refreshAt(origin, token, shop);
        token = tokens.refresh_token ?? '';
        // Whoever has not heard of the key yet finds it as soon as a token names it.
        for (const other of origins) assert.equal(await isActive(other, tokens.access_token ?? ''), true);
        return decodeProtectedHeader(tokens.access_token ?? '').kid === nextAccess?.keyId;
      }, `${origin} signs with the next key`);
    }
    assert.equal(await isActive(origins[1] ?? '', first.access_token), true);
    for (const origin of origins) {
      const { keys: after } = await listSigningKeyTimes(server.database);
      const ofTokens = after.filter(({ purpose }) => purpose === 'tokens').map(({ keyId }) => keyId);
      assert.deepEqual(new Set(await publishedAt(origin, '/jwks')), new Set(ofTokens));
    }
  });

  it('would be found out, had a key not been published ahead: a copy of the keys from before does not verify', async () => {
    const [origin = ''] = origins;
    const tokens = await signIn(shop);
    const before = createStrictVerifier([`${origin}/jwks`], { keepsFor: 60 });
    await before.verify(tokens.access_token);
    await rotate('forced');
    await rotate('forced');
    await fetch(`${origin}/jwks`);
    const { access_token: later = '' } = await refreshAt(origin, String(tokens.refresh_token), shop);
    await assert.rejects(before.verify(later), { code: 'ERR_JWKS_NO_MATCHING_KEY' });
    await createStrictVerifier([`${origin}/jwks`]).verify(later);
  });

  it(`issue no token that fails to verify, rotated every 2 s for ${duration} s under load`, async () => {
    const access = createStrictVerifier(origins.map((origin) => `${origin}/jwks`));
    const events = createStrictVerifier(origins.map((origin) => `${origin}/ssf/jwks`));
    const counts = { tokens: 0, later: 0, events: 0, introspected: 0, rotations: 0 };
    const seen = new Set<string>();
    const later: Promise<void>[] = [];
    const endAt = performance.now() + duration * 1000;
    const runs = () => performance.now() < endAt;

    const verifyTwice = async (token: string) => {
      const { exp = 0 } = await access.verify(token);
      counts.tokens += 1;
      seen.add(decodeProtectedHeader(token).kid ?? '');
      later.push(
        (async () => {
          await pause(Math.max(0, exp * 1000 - Date.now() - 400));
          if (Date.now() < exp * 1000 - 200) {
            await access.verify(token);
            counts.later += 1;
          }
        })(),
      );
    };
    const refreshes = async (of: { clientId: string; secret: string }, at: number) => {
      let token = String((await signIn(of)).refresh_token);
      for (let turn = at; runs(); turn += 1) {
        const tokens = await refreshAt(origins[turn % 2] ?? '', token, of);
        token = tokens.refresh_token ?? '';
        await verifyTwice(tokens.access_token ?? '');
        await verifyTwice(tokens.id_token ?? '');
        if (of === shop) {
          assert.equal(await isActive(origins[(turn + 1) % 2] ?? '', tokens.access_token ?? ''), true);
          counts.introspected += 1;
        }
        await pause(20);
      }
    };
    const polls = async () => {
      const watcher = await createStreamClient(server.issuer);
      const stream = await watcher.create();
      await watcher.call('POST', '/ssf/verification', { stream_id: stream.stream_id, state: 'again' });
      for (let turn = 0; runs(); turn += 1) {
        const origin = origins[turn % 2] ?? '';
        const { access_token: bearer = '' } = await clientToken(origin);
        const answer = await fetch(`${origin}/ssf/poll/${stream.stream_id}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
          body: JSON.stringify({ returnImmediately: true }),
        });
        const { sets } = (await answer.json()) as { sets: Record<string, string> };
        for (const set of Object.values(sets)) {
          await events.verify(set);
          counts.events += 1;
        }
        await pause(100);
      }
    };
    const clientToken = async (origin: string) => {
      const answer = await fetch(`${origin}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('watcher:secret of sixteen or more')}` },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          resource: `${server.issuer}/ssf`,
          scope: 'ssf.read',
        }),
      });
      return (await answer.json()) as { access_token?: string };
    };
    const rotations = async () => {
      while (runs()) {
        const begunAt = performance.now();
        await rotate('manual');
        counts.rotations += 1;
        // What a slow machine took to make the next keys is not taken from the time for which they must be public.
        await pause(Math.max(publicMilliseconds, begunAt + rotationMilliseconds - performance.now()));
      }
    };

    // The keys of the start were made for a max-age of an hour: those after them are known within a second.
    await rotate('forced');
    await pause(publicMilliseconds);
    await Promise.all([
      rotations(),
      polls(),
      ...[shop, portal, shop, portal].map((of, at) => refreshes(of, at)),
    ]);
    await Promise.all(later);

    const { keys } = await listSigningKeyTimes(server.database);
    const gone = [...seen].filter((kid) => !keys.some(({ keyId }) => keyId === kid));
    if (process.env.ROTATION_SECONDS)
      console.log(`      ${JSON.stringify({ ...counts, keysSeen: seen.size, keysGone: gone.length })}`);
    assert.ok(counts.rotations >= duration / 10);
    assert.ok(seen.size >= counts.rotations, 'the rotated keys have signed');
    assert.ok(counts.later > 0 && counts.events > 0 && counts.introspected > 0);
    // Their tokens are over after 5 seconds, and an instance may be late by 30.
    if (duration >= 45) assert.ok(gone.length > 0, 'old keys are removed');
  });
});
