import assert from 'node:assert/strict';
import { addSeconds } from '../../src/domain/instants.ts';
import { builtInDefaultPolicy } from '../../src/domain/policies.ts';
import type { SigningKeyTimes } from '../../src/domain/signing_keys.ts';
import { findPublishedSeconds, findReadyAt, isRotationDue } from '../../src/policy/evaluate_key_rotation.ts';

const start = 1_700_000_000_000_000;
const at = (seconds: number) => addSeconds(start, seconds);

function key(state: SigningKeyTimes['state'], more: Partial<SigningKeyTimes> = {}): SigningKeyTimes {
  return {
    keyId: state,
    purpose: 'tokens',
    algorithm: 'ES256',
    state,
    createdAt: start,
    activatedAt: state === 'next' ? null : start,
    replacedAt: null,
    publishedUntil: null,
    jwksMaxAge: 60,
    ...more,
  };
}

describe('the next keys', () => {
  it('are known everywhere when a copy from just before them is too old, and half a second for the commit', () => {
    assert.equal(findReadyAt([key('current'), key('next')]), at(60.5));
    assert.equal(findReadyAt([key('current'), key('next', { createdAt: at(100) })]), at(160.5));
  });

  it('wait for copies that were fetched under a longer max-age', () => {
    assert.equal(findReadyAt([key('current', { jwksMaxAge: 3600 }), key('next')]), at(3600.5));
    assert.equal(findReadyAt([key('current'), key('next', { jwksMaxAge: 3600 })]), at(3600.5));
  });

  it('are as late as the latest of their kinds', () => {
    const other = { purpose: 'security_events', algorithm: 'RS256' };
    const keys = [key('current'), key('next'), key('current', other)];
    assert.equal(findReadyAt([...keys, key('next', { ...other, createdAt: at(7) })]), at(67.5));
    assert.equal(findReadyAt(keys), undefined);
    assert.equal(findReadyAt([]), undefined);
  });
});

describe('a scheduled rotation', () => {
  const keys = [key('current'), key('next'), key('previous', { activatedAt: at(-9000) })];
  for (const [seconds, due] of [
    [119.9, false],
    [120, true],
  ] as const) {
    it(`is ${due ? '' : 'not '}due ${seconds} s after the key began to sign, where keys sign for 120 s`, () =>
      assert.equal(isRotationDue(keys, { keys: { rotateEvery: 120 } }, at(seconds)), due));
  }

  it('waits until the next key is known', () => {
    const late = [key('current'), key('next', { createdAt: at(100) })];
    assert.equal(isRotationDue(late, { keys: { rotateEvery: 120 } }, at(160.4)), false);
    assert.equal(isRotationDue(late, { keys: { rotateEvery: 120 } }, at(160.5)), true);
  });

  it('comes every 90 days unless something else is said', () => {
    assert.equal(isRotationDue(keys, {}, at(90 * 86_400 - 1)), false);
    assert.equal(isRotationDue(keys, {}, at(90 * 86_400)), true);
  });

  it('does not come where there is no next key, or none at all', () => {
    assert.equal(isRotationDue([key('current')], { keys: { rotateEvery: 1 } }, at(1e6)), false);
    assert.equal(isRotationDue([], { keys: { rotateEvery: 1 } }, at(1e6)), false);
  });
});

describe('a replaced key', () => {
  const policy = (name: string, limits: object) =>
    [name, { name, version: 1, limits, baselines: [] }] as const;

  it('stays for the longest token or session of any policy, and 30 s for who is late', () => {
    const policies = new Map([
      policy('default', { ...builtInDefaultPolicy.limits, session_absolute: 10, access_token_ttl: 20 }),
      policy('member', { session_absolute: 100, access_token_ttl: 7 }),
      policy('service', { access_token_ttl: 400 }),
    ]);
    assert.equal(findPublishedSeconds({ policies }), 430);
    policies.delete('service');
    assert.equal(findPublishedSeconds({ policies }), 130);
  });

  it('stays as long as the built-in policy says where there is no other default', () => {
    const { session_absolute } = builtInDefaultPolicy.limits;
    assert.equal(findPublishedSeconds({ policies: new Map() }), session_absolute + 30);
  });
});
