import assert from 'node:assert/strict';
import type { RefreshTokenFacts } from '../../src/domain/facts.ts';
import type { Instant } from '../../src/domain/instants.ts';
import { countedRetries, evaluateRefresh, freeRetrySeconds } from '../../src/policy/evaluate_refresh.ts';
import type { RefreshRequest } from '../../src/policy/evaluate_refresh.ts';
import {
  after,
  client,
  configurationOf,
  memberLimits,
  momentsAround,
  parts,
  policy,
  refreshFacts,
  refreshRequest,
} from './facts.ts';

const rotatedAt = after(50);
const rotated = (more: Partial<RefreshTokenFacts> = {}): RefreshTokenFacts => ({
  rotatedAt,
  successorUnused: true,
  retries: 0,
  inactiveFor: 0,
  ...more,
});

interface Setting {
  now?: Instant;
  token?: Partial<RefreshTokenFacts>;
  overlap?: number;
  request?: Partial<RefreshRequest>;
}

function answer({ now = rotatedAt + 1, token = {}, overlap = 10, request = {} }: Setting): string {
  const policies = [policy('member', { ...memberLimits, refresh_overlap: overlap })];
  const configuration = configurationOf({ ...parts, policies });
  const facts = refreshFacts({ now, configuration, token: rotated(token) });
  const verdict = evaluateRefresh(facts, refreshRequest(request));
  return verdict.granted ? verdict.mode : verdict.code;
}

describe('the overlap of a rotated token', () => {
  for (const overlap of [1, 2, 3, 10, 60]) {
    for (const { when, now, over } of momentsAround(after(50 + overlap))) {
      it(`${over ? 'is over' : 'holds'} ${when} ${overlap} s after the rotation`, () =>
        assert.equal(answer({ now, overlap }), over ? 'reuse_detected' : 'retry'));
    }
  }

  it('holds at the moment of the rotation', () => assert.equal(answer({ now: rotatedAt }), 'retry'));

  it('does not exist where it is 0s, not even at the moment of the rotation', () => {
    for (const now of [rotatedAt, rotatedAt + 1, after(51)]) {
      assert.equal(answer({ now, overlap: 0 }), 'reuse_detected');
    }
  });

  it('never slides: retries do not prolong it', () =>
    assert.equal(answer({ now: after(60), token: { retries: 4 } }), 'reuse_detected'));

  it('is over once the successor is used', () => {
    for (const now of [rotatedAt, after(51), after(59)]) {
      assert.equal(answer({ now, token: { successorUnused: false } }), 'reuse_detected');
    }
  });

  it('is the strictest of all policies that apply', () => {
    const configuration = configurationOf({
      ...parts,
      policies: [policy('member', memberLimits), policy('brief', { refresh_overlap: 3 })],
      clients: [client('shop', { policy: 'brief' })],
    });
    const at = (now: Instant) =>
      evaluateRefresh(refreshFacts({ now, configuration, token: rotated() }), refreshRequest()).granted;
    assert.deepEqual([at(after(53) - 1), at(after(53))], [true, false]);
  });

  it('holds for a narrower scope', () =>
    assert.equal(answer({ request: { scopes: ['reports.read'] } }), 'retry'));

  it('does not hold for a scope wider than that of the family', () =>
    assert.equal(answer({ request: { scopes: ['openid', 'vault.open'] } }), 'reuse_detected'));
});

describe('the retries of a rotated token', () => {
  it('are free for two seconds, and five of the later ones are served', () => {
    assert.equal(freeRetrySeconds, 2);
    assert.equal(countedRetries, 5);
  });

  for (const { when, now, over: counted } of momentsAround(after(52))) {
    it(`${counted ? 'count' : 'are free'} ${when} two seconds after the rotation`, () =>
      assert.equal(answer({ now, token: { retries: 5 } }), counted ? 'reuse_detected' : 'retry'));
  }

  for (const retries of [0, 1, 2, 3, 4]) {
    it(`are served later, after ${retries} others that counted`, () =>
      assert.equal(answer({ now: after(53), token: { retries } }), 'retry'));
  }

  for (const retries of [5, 6, 100]) {
    it(`are reuse later, after ${retries} others that counted`, () =>
      assert.equal(answer({ now: after(53), token: { retries } }), 'reuse_detected'));
  }

  it('are served without number in the first two seconds', () =>
    assert.equal(answer({ now: after(52) - 1, token: { retries: 10_000 } }), 'retry'));

  it('are over with the overlap, though they would be free', () =>
    assert.equal(answer({ now: after(51), overlap: 1 }), 'reuse_detected'));
});
