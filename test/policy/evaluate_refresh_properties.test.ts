import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evaluateRefresh } from '../../src/policy/evaluate_refresh.ts';
import type { RefreshVerdict } from '../../src/policy/evaluate_refresh.ts';
import { lastStored, refreshes } from './arbitraries.ts';
import type { Refresh } from './arbitraries.ts';
import { second } from './facts.ts';

const runs = { numRuns: 500 };
const judge = ({ facts, request }: Refresh, now = facts.now): RefreshVerdict =>
  evaluateRefresh({ ...facts, now }, request);

describe('the verdict on any refresh', () => {
  it('is seldom the same: the refreshes tried here are granted and refused in every way', () => {
    const codes = fc.sample(refreshes, { numRuns: 4000, seed: 1 }).map((refresh) => {
      const verdict = judge(refresh);
      return verdict.granted ? verdict.mode : verdict.code;
    });
    const wanted = 'rotate retry reuse_detected idle_timeout absolute_timeout session_ended mfa_required';
    for (const code of `${wanted} mfa_stale scope_withdrawn`.split(' ')) {
      const count = codes.filter((found) => found === code).length;
      assert.ok(count >= 20, `${code}: ${count}`);
    }
  });

  it('that is granted is granted at every earlier moment since the last activity', () => {
    fc.assert(
      fc.property(refreshes, fc.double({ min: 0, max: 1, noNaN: true }), (refresh, share) => {
        const verdict = judge(refresh);
        fc.pre(verdict.granted);
        const first = lastStored(refresh.facts);
        const earlier = judge(refresh, first + Math.floor((refresh.facts.now - first) * share));
        assert.ok(earlier.granted);
        for (const scope of verdict.scopes) assert.ok(earlier.scopes.includes(scope), scope);
        assert.equal(earlier.mode, verdict.mode);
      }),
      runs,
    );
  });

  it('that ends something at a moment ends the same at any later one', () => {
    fc.assert(
      fc.property(refreshes, fc.nat({ max: 60 * second }), (refresh, later) => {
        const verdict = judge(refresh);
        fc.pre(!verdict.granted && /_timeout$|^lease_over$/.test(verdict.code));
        const again = judge(refresh, refresh.facts.now + later);
        assert.ok(!again.granted && (again.code === 'reuse_detected' || again.code === verdict.code));
        if (again.code === verdict.code) assert.deepEqual(again.end, verdict.end);
        else if (!refresh.facts.family.end) assert.deepEqual(again.ends?.end, verdict.end);
      }),
      runs,
    );
  });

  it('grants no more than was asked, and no more than the family has', () => {
    fc.assert(
      fc.property(refreshes, (refresh) => {
        const verdict = judge(refresh);
        fc.pre(verdict.granted);
        const { family } = refresh.facts;
        const asked = refresh.request.scopes ?? family.scopes;
        for (const scope of verdict.scopes)
          assert.ok(asked.includes(scope) && family.scopes.includes(scope), scope);
        for (const scope of verdict.dropped)
          assert.ok(!verdict.scopes.includes(scope) && !refresh.request.scopes);
      }),
      runs,
    );
  });

  it('does not depend on what the client says of how long its user has been away', () => {
    fc.assert(
      fc.property(refreshes, fc.nat(), (refresh, inactiveFor) => {
        const told = judge({ ...refresh, request: { ...refresh.request, inactiveFor } });
        const verdict = judge(refresh);
        if (!verdict.granted) return assert.deepEqual(told, verdict);
        assert.ok(told.granted);
        assert.deepEqual([told.mode, told.scopes], [verdict.mode, verdict.scopes]);
      }),
      runs,
    );
  });

  it('moves the activity of the session no further than that of the family', () => {
    fc.assert(
      fc.property(refreshes, (refresh) => {
        const verdict = judge(refresh);
        fc.pre(verdict.granted);
        if (!refresh.facts.family.bound) return;
        const { inactiveFor = Infinity, sessionInactiveFor = Infinity } = verdict;
        assert.ok(sessionInactiveFor >= inactiveFor);
      }),
      runs,
    );
  });

  it('is the same however often it is asked', () => {
    fc.assert(
      fc.property(refreshes, (refresh) => {
        assert.deepEqual(judge(refresh), judge(structuredClone(refresh)));
      }),
    );
  });
});
