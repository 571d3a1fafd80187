import assert from 'node:assert/strict';
import type { End } from '../../src/domain/facts.ts';
import { evaluateSession } from '../../src/policy/evaluate_lifetime.ts';
import { after, limitsOf, momentsAround, session } from './facts.ts';

const limits = limitsOf({ session_idle: 600, session_absolute: 3600 });
const idleEnd = (at: number): End => ({
  reason: 'idle_timeout',
  at,
  limit: 600,
  policy: 'p',
  policyVersion: 7,
});
const absoluteEnd: End = {
  reason: 'absolute_timeout',
  at: after(3600),
  limit: 3600,
  policy: 'p',
  policyVersion: 7,
};

describe('the lifetime of a session', () => {
  for (const { when, now, over } of momentsAround(after(600))) {
    it(`is ${over ? 'over' : 'not over'} ${when} its idle limit`, () =>
      assert.deepEqual(
        evaluateSession(session(), limits, now),
        over
          ? { over, end: idleEnd(after(600)) }
          : { over, idleEndAt: after(600), absoluteEndAt: after(3600) },
      ));
  }

  for (const { when, now, over } of momentsAround(after(3600))) {
    it(`is ${over ? 'over' : 'not over'} ${when} its absolute limit`, () =>
      assert.deepEqual(
        evaluateSession(session({ lastActivityAt: after(3500) }), limits, now),
        over ? { over, end: absoluteEnd } : { over, idleEndAt: after(3600), absoluteEndAt: after(3600) },
      ));
  }

  const first: [what: string, lastActivityAt: number, end: End][] = [
    ['the idle limit by a microsecond', after(3000) - 1, idleEnd(after(3600) - 1)],
    ['both together: the absolute one is the reason', after(3000), absoluteEnd],
    ['the absolute limit by a microsecond', after(3000) + 1, absoluteEnd],
  ];
  for (const [what, lastActivityAt, end] of first) {
    for (const late of [0, 1, 1_000_000, 86_400_000_000]) {
      it(`ends by what passed first, ${what}, asked ${late} µs late`, () =>
        assert.deepEqual(evaluateSession(session({ lastActivityAt }), limits, end.at + late), {
          over: true,
          end,
        }));
    }
  }

  it('counts the idle limit from the last activity', () => {
    const lifetime = evaluateSession(session({ lastActivityAt: after(300) }), limits, after(899));
    assert.deepEqual(lifetime, { over: false, idleEndAt: after(900), absoluteEndAt: after(3600) });
  });

  for (const now of [after(1), after(600), after(3600), after(99_999)]) {
    it(`keeps a stored end, asked ${(now - after(0)) / 1_000_000} seconds after the start`, () => {
      const end: End = { reason: 'signed_out', at: after(1) };
      assert.deepEqual(evaluateSession(session({ end }), limits, now), { over: true, end });
    });
  }

  it('keeps the stored limit, although the policy says another one now', () => {
    const end: End = { reason: 'idle_timeout', at: after(60), limit: 60, policy: 'old', policyVersion: 1 };
    assert.deepEqual(evaluateSession(session({ end }), limits, after(61)), { over: true, end });
  });

  it('is bound by a limit that was shortened meanwhile, from the moment that it would have passed', () => {
    const shortened = limitsOf({ session_idle: 60, session_absolute: 3600 });
    const lifetime = evaluateSession(session(), shortened, after(599));
    assert.deepEqual(lifetime, { over: true, end: { ...idleEnd(after(60)), limit: 60 } });
  });
});
