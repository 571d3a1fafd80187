import assert from 'node:assert/strict';
import { countedProof } from '../../src/policy/counted_proof.ts';
import { evaluateRefresh } from '../../src/policy/evaluate_refresh.ts';
import { after, configurationOf, family, limitsOf, parts, policy, refreshFacts } from './facts.ts';

describe('the proof that counts', () => {
  const proofs = { mfaAt: after(9), phrAt: after(5) };

  it('is the last of any factor, or of a passkey alone where the policy asks for one', () => {
    assert.equal(countedProof(limitsOf({}), proofs), after(9));
    assert.equal(countedProof(limitsOf({ mfa_phishing_resistant: true }), proofs), after(5));
    assert.equal(countedProof(limitsOf({ mfa_phishing_resistant: true }), { mfaAt: after(9) }), undefined);
  });

  const verdictOf = (limits: object, moments: object, scopes = ['openid', 'vault.open']) => {
    const member = policy('member', { ...parts.policies[0]?.limits, ...limits });
    const others = parts.policies.filter(({ name }) => name !== 'member');
    const configuration = configurationOf({ ...parts, policies: [member, ...others] });
    const verdict = evaluateRefresh(refreshFacts({ configuration, family: family({ scopes, ...moments }) }), {
      clientId: 'shop',
    });
    return verdict.granted ? verdict.dropped : verdict.code;
  };

  it('decides whether a family may go on, and with which scopes', () => {
    const code = { mfaAt: after(0) };
    const passkey = { ...code, phrAt: after(0) };
    assert.deepEqual(verdictOf({ mfa: 'always' }, code), []);
    assert.deepEqual(verdictOf({ mfa_phishing_resistant: true }, code), ['vault.open']);
    assert.deepEqual(verdictOf({ mfa_phishing_resistant: true }, passkey), []);
    assert.equal(verdictOf({ mfa: 'always', mfa_phishing_resistant: true }, code), 'mfa_required');
    assert.deepEqual(verdictOf({ mfa: 'always', mfa_phishing_resistant: true }, passkey), []);
  });
});
