import assert from 'node:assert/strict';
import { refusalReasons } from '../../src/domain/reasons.ts';
import { evaluateRefresh } from '../../src/policy/evaluate_refresh.ts';
import type { RefreshVerdict } from '../../src/policy/evaluate_refresh.ts';
import { passing, refusingRows, retried } from './verdict_rows.ts';
import type { Case } from './verdict_rows.ts';

const judge = ({ facts, request }: Case): RefreshVerdict => evaluateRefresh(facts, request);
const answerOf = (verdict: RefreshVerdict): string => (verdict.granted ? verdict.mode : verdict.code);

describe('the table of verdicts', () => {
  it('grants by row 11 what no other row holds for', () => {
    const verdict = judge(passing());
    assert.ok(verdict.granted);
    const { limits, ...rest } = verdict;
    assert.deepEqual(rest, {
      granted: true,
      mode: 'rotate',
      inactiveFor: 0,
      sessionInactiveFor: 0,
      scopes: ['openid', 'reports.read'],
      dropped: [],
    });
    assert.deepEqual(limits.family.refresh_idle, { value: 1800, policy: 'member', version: 3 });
    assert.deepEqual(limits.session.session_idle, { value: 3600, policy: 'member', version: 3 });
  });

  it('grants by row 2 the same successor', () => assert.equal(answerOf(judge(retried(passing()))), 'retry'));

  for (const [at, { row, name, hold, answer }] of refusingRows.entries()) {
    it(`answers ${answer} by row ${row}: ${name}`, () =>
      assert.equal(answerOf(judge(hold(passing()))), answer));

    if (row !== 3) {
      it(`answers ${answer} by row ${row} to a retry by row 2: ${name}`, () =>
        assert.equal(answerOf(judge(hold(retried(passing())))), answer));
    }

    for (const later of refusingRows.slice(at + 1)) {
      if (later.row === row) continue;
      it(`answers by row ${row}, ${name}, before row ${later.row}, ${later.name}`, () =>
        assert.equal(answerOf(judge(hold(later.hold(passing())))), answer));
    }
  }

  it('answers by row 1 when all rows hold', () => {
    const all = refusingRows.toReversed().reduce((refresh, { hold }) => hold(refresh), passing());
    assert.deepEqual(judge(all), { granted: false, code: 'unknown_token' });
  });

  for (const { row, name, hold, answer } of refusingRows) {
    const ends = [3, 5, 6, 7, 8].includes(row);
    it(`${ends ? 'ends the family' : 'ends nothing'} by row ${row}: ${name}`, () => {
      const verdict = judge(hold(passing()));
      assert.ok(!verdict.granted);
      assert.equal(verdict.ends?.what, ends ? 'family' : undefined);
      if (ends) assert.equal(verdict.ends?.end.reason, answer);
      if (answer in refusalReasons) assert.equal(verdict.ends, undefined);
    });
  }

  it('needs no proof for a family that is bound to no key', () => {
    const { facts, request } = passing();
    assert.equal(answerOf(judge({ facts, request: { ...request, proofKey: 'any key' } })), 'rotate');
  });

  it('passes with a proof of the key that the family is bound to', () => {
    const { facts, request } = passing();
    const bound = { ...facts, boundKey: 'a key' };
    assert.equal(answerOf(judge({ facts: bound, request: { ...request, proofKey: 'a key' } })), 'rotate');
  });

  it('says a moment of MFA is enough for a policy that always wants one, however old', () => {
    const mfa = refusingRows.find(({ answer }) => answer === 'mfa_required');
    const { facts, request } = mfa?.hold(passing()) ?? passing();
    const family = { ...facts.family, mfaAt: facts.now - 40_000_000_000 };
    assert.equal(answerOf(judge({ facts: { ...facts, family }, request })), 'rotate');
  });

  it('changes nothing of what it is given', () => {
    for (const { hold } of refusingRows) {
      const refresh = hold(passing());
      const before = structuredClone(refresh);
      judge(refresh);
      assert.deepEqual(refresh, before);
    }
  });
});
