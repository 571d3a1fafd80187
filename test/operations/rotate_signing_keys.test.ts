import assert from 'node:assert/strict';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import type { SigningKeyState } from '../../src/domain/signing_keys.ts';
import { Problem } from '../../src/domain/problems.ts';
import { ensureSigningKeys } from '../../src/operations/ensure_signing_keys.ts';
import { keepSigningKeys } from '../../src/operations/keep_signing_keys.ts';
import { rotateSigningKeys } from '../../src/operations/rotate_signing_keys.ts';
import type { RotateOptions } from '../../src/operations/rotate_signing_keys.ts';
import { createKeySource } from '../../src/provider/key_source.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { listSigningKeyTimes, readSigningKeyVersion } from '../../src/store/signing_keys.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql } from '../support/sql.ts';

const secrets = createSecretsAtRest([Buffer.alloc(32, 'one')]);
const others = createSecretsAtRest([Buffer.alloc(32, 'two')]);
const day = 86_400;

describe('rotating the signing keys', function () {
  this.timeout(60_000);
  let test: OperationTest;

  beforeEach(async () => {
    test = await prepareOperationTest();
    await test.apply({ keys: { rotateEvery: 7 * day, jwksMaxAge: 60 } });
  });
  afterEach(() => test.drop());

  const states = async () => {
    const { keys } = await listSigningKeyTimes(test.database);
    const of = (state: SigningKeyState) => {
      const found = keys.filter((key) => key.state === state);
      return found.length > 0 ? found : undefined;
    };
    return { current: of('current'), next: of('next'), previous: of('previous') };
  };
  const ids = (keys: readonly { keyId: string }[] = []) => keys.map(({ keyId }) => keyId);
  const rotate = async (mode: RotateOptions['mode'], under = secrets) => {
    const configuration = await loadConfiguration(test.database);
    return await test.database.transaction((tx) =>
      rotateSigningKeys(tx, under, { configuration, mode }, { actor: 'test' }),
    );
  };
  const keep = async () => {
    await keepSigningKeys(test.database, secrets, await loadConfiguration(test.database));
  };
  const events = (name: string) =>
    sql<{ detail: Record<string, unknown>; actor: string }>(
      test.database,
      `select detail from audit_events where name = $1 order by event_id`,
      name,
    );

  it('moves each kind from next to current to previous, and removes it when its last token is over', async () => {
    await test.clock.set(0);
    await ensureSigningKeys(test.database, secrets, { jwksMaxAge: 60 });
    const first = await states();
    assert.deepEqual([first.current?.length, first.next?.length, first.previous], [3, 3, undefined]);
    await assert.rejects(
      rotate('manual'),
      (error) => error instanceof Problem && error.code === 'key_not_public',
    );
    assert.deepEqual(await states(), first);
    assert.deepEqual(await events('signing_key.activated'), []);

    await test.clock.set(60.5);
    await rotate('manual');
    const second = await states();
    assert.deepEqual(ids(second.current), ids(first.next));
    assert.deepEqual(ids(second.previous), ids(first.current));
    assert.equal(second.next?.length, 3);
    const activated = await events('signing_key.activated');
    assert.deepEqual(
      activated.map(({ detail }) => [detail.key_id, detail.replaced, detail.forced]),
      second.current?.map(({ keyId }, at) => [keyId, first.current?.[at]?.keyId, false]),
    );

    // The longest session of the example is a day; half a minute is for who is late.
    await test.clock.set(60.5 + day + 29.9);
    await keep();
    assert.equal((await states()).previous?.length, 3);
    await test.clock.set(60.5 + day + 30);
    await keep();
    assert.equal((await states()).previous, undefined);
    assert.deepEqual(
      new Set((await events('signing_key.removed')).map(({ detail }) => detail.key_id)),
      new Set(ids(first.current)),
    );
  });

  it('is done at once when it is forced, and says so', async () => {
    await ensureSigningKeys(test.database, secrets);
    const { next } = await states();
    await rotate('forced');
    assert.deepEqual(ids((await states()).current), ids(next));
    assert.deepEqual(
      (await events('signing_key.activated')).map(({ detail }) => detail.forced),
      [true, true, true],
    );
  });

  it('comes by the schedule, once however many instances look', async () => {
    await test.clock.set(0);
    await ensureSigningKeys(test.database, secrets, { jwksMaxAge: 60 });
    const { next } = await states();
    await test.clock.set(7 * day - 1);
    await keep();
    assert.deepEqual(ids((await states()).next), ids(next));
    await test.clock.set(7 * day);
    await Promise.all([keep(), keep(), keep()]);
    const after = await states();
    assert.deepEqual(ids(after.current), ids(next));
    assert.equal((await events('signing_key.activated')).length, 3);
  });

  it('makes keys once, however many instances start', async () => {
    await Promise.all([1, 2, 3].map(() => ensureSigningKeys(test.database, secrets)));
    const { current, next } = await states();
    assert.deepEqual([current?.length, next?.length], [3, 3]);
    assert.equal((await events('signing_key.created')).length, 6);
  });

  it('is followed by whoever asks for the version, the key that signs first', async () => {
    await ensureSigningKeys(test.database, secrets);
    const source = await createKeySource(test.database, secrets);
    const before = source.current();
    assert.equal(await source.refresh(), before);
    const [rotated] = await rotate('forced');
    assert.equal(source.current(), before);
    const { tokens, version } = await source.refresh();
    assert.equal(version, await readSigningKeyVersion(test.database));
    assert.equal(tokens.find(({ alg }) => alg === 'ES256')?.kid, rotated?.current);
    assert.deepEqual(
      tokens.filter(({ alg }) => alg === 'ES256').map(({ kid }) => kid),
      [rotated?.current, rotated?.next, rotated?.previous],
    );
  });

  it('leaves an instance without the new secret with what it has, and it says so', async () => {
    await ensureSigningKeys(test.database, secrets);
    const source = await createKeySource(test.database, secrets);
    const before = source.current();
    await rotate('forced', others);
    await assert.rejects(
      source.refresh(),
      (error) => error instanceof Problem && error.code === 'secret_wrong',
    );
    assert.deepEqual([source.current(), source.isBehind()], [before, true]);
  });
});
