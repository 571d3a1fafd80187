import assert from 'node:assert/strict';
import type { End } from '../../src/domain/facts.ts';
import { evaluateRefresh } from '../../src/policy/evaluate_refresh.ts';
import type { RefreshFacts } from '../../src/policy/evaluate_refresh.ts';
import { account, after, family, momentsAround, refreshFacts, refreshRequest, session } from './facts.ts';

const refuse = (facts: Partial<RefreshFacts>) => {
  const verdict = evaluateRefresh(refreshFacts(facts), refreshRequest());
  assert.ok(!verdict.granted);
  return verdict;
};
const member = { policy: 'member', policyVersion: 3 };
const idle: End = { reason: 'idle_timeout', at: after(1800), limit: 1800, ...member };
const absolute: End = { reason: 'absolute_timeout', at: after(28_800), limit: 28_800, ...member };
const reused = { rotatedAt: after(1), successorUnused: false, retries: 0 };

describe('a refused refresh that ends the family', () => {
  for (const { when, now, over } of momentsAround(idle.at)) {
    if (!over) continue;
    it(`ends it when the idle limit passed, asked ${when}`, () =>
      assert.deepEqual(refuse({ now }), {
        granted: false,
        code: 'idle_timeout',
        end: idle,
        ends: { what: 'family', end: idle },
      }));
  }

  it('ends it when the absolute limit passed, however late', () => {
    const active = { lastActivityAt: after(28_000) };
    const facts = { now: after(30_000), family: family(active), session: session(active) };
    assert.deepEqual(refuse(facts).ends, { what: 'family', end: absolute });
  });

  it('ends it for reuse, now', () => {
    const end = { reason: 'reuse_detected', at: after(60) };
    assert.deepEqual(refuse({ token: reused }).ends, { what: 'family', end });
  });

  it('ends it for a disabled account, now', () => {
    const end = { reason: 'account_disabled', at: after(60) };
    assert.deepEqual(refuse({ account: account({ disabled: true }) }).ends, { what: 'family', end });
  });

  it("ends it with its session's reason and moment", () => {
    const end: End = { reason: 'session_limit', at: after(30) };
    assert.deepEqual(refuse({ session: session({ end }) }), {
      granted: false,
      code: 'session_limit',
      end,
      ends: { what: 'family', end },
    });
  });

  const overBefore: [why: string, code: string, facts: Partial<RefreshFacts>][] = [
    ['reuse', 'reuse_detected', { token: reused }],
    ['a disabled account', 'account_disabled', { account: account({ disabled: true }) }],
    ['a client that is gone', 'client_disabled', { family: family({ clientId: 'shop' }) }],
  ];
  for (const [why, code, facts] of overBefore) {
    it(`says ${code}, but keeps the limit that passed before as the end: ${why}`, () => {
      const base = refreshFacts({ now: after(1801), ...facts });
      const clients = new Map(code === 'client_disabled' ? [] : base.configuration.clients);
      const verdict = refuse({ ...base, configuration: { ...base.configuration, clients } });
      assert.equal(verdict.code, code);
      assert.deepEqual(verdict.ends, { what: 'family', end: idle });
    });
  }

  it('says reuse_detected of a family that had ended, and leaves its end alone', () => {
    const ended = family({ end: { reason: 'revoked', at: after(5) } });
    assert.deepEqual(refuse({ token: reused, family: ended }), { granted: false, code: 'reuse_detected' });
  });

  it('says the stored reason of a family that had ended, and ends nothing', () => {
    const end: End = { reason: 'consent_withdrawn', at: after(5) };
    assert.deepEqual(refuse({ family: family({ end }) }), { granted: false, code: 'consent_withdrawn', end });
  });
});

describe('a refused refresh whose session is over, too', () => {
  it('ends the session, by the limit of its own', () => {
    const end: End = { reason: 'absolute_timeout', at: after(43_200), limit: 43_200, ...member };
    const active = { lastActivityAt: after(43_000), startedAt: after(40_000) };
    const facts = { family: family(active), session: session({ lastActivityAt: after(43_000) }) };
    assert.deepEqual(refuse({ ...facts, now: end.at }), {
      granted: false,
      code: 'absolute_timeout',
      end,
      ends: { what: 'session', end },
    });
  });

  it('says which limit of the family passed first, and ends the session by the one of its own', () => {
    const verdict = refuse({ now: after(3600) });
    assert.deepEqual(verdict.end, idle);
    const end: End = { reason: 'idle_timeout', at: after(3600), limit: 3600, ...member };
    assert.deepEqual(verdict.ends, { what: 'session', end });
  });

  it('ends only the family, while the session lives', () =>
    assert.deepEqual(refuse({ now: after(3600) - 1 }).ends, { what: 'family', end: idle }));

  it('ends only the family, if that is offline', () =>
    assert.deepEqual(refuse({ now: after(3600), family: family({ bound: false }) }).ends, {
      what: 'family',
      end: idle,
    }));
});
