import assert from 'node:assert/strict';
import type { Limits } from '../../src/domain/policies.ts';
import type { RunningFacts } from '../../src/policy/baselines/running_facts.ts';
import { evaluateCompliance } from '../../src/policy/evaluate_compliance.ts';
import { configurationOf, policy } from './facts.ts';
import { soundFacts } from './running_facts.ts';

/** Meets everything there is, at the very limit where that is a number. */
const strictest: Partial<Limits> = {
  session_idle: 300,
  refresh_idle: 300,
  lease_max: 0,
  session_absolute: 14_400,
  refresh_absolute: 14_400,
  mfa: 'always',
  mfa_phishing_resistant: true,
  activity: 'reported',
  max_sessions: 2,
};

/** The verdict on one requirement, of a policy that claims its baseline. */
function verdictOn(requirement: string, limits: Partial<Limits>, facts: Partial<RunningFacts> = {}) {
  const [baseline = ''] = requirement.split('/');
  const claiming = { ...policy('p', { ...strictest, ...limits }), baselines: [baseline] };
  const { rows } = evaluateCompliance(
    configurationOf({ policies: [claiming] }),
    { ...soundFacts, ...facts },
    { today: '2026-11-28' },
  );
  const found = rows.filter((row) => row.requirement === requirement);
  assert.equal(found.length, 1);
  return found[0]?.verdict;
}

const cookie = soundFacts.sessionCookie;

describe('a requirement', () => {
  /** What just meets it, and what just misses it. */
  const ofLimits: [requirement: string, meets: Partial<Limits>, misses: Partial<Limits>[]][] = [
    [
      'pci-dss-4.0.1/idle',
      { session_idle: 900, refresh_idle: 900, lease_max: 900 },
      [{ session_idle: 901 }, { refresh_idle: 901 }, { lease_max: 901 }],
    ],
    [
      'nist-63b4-aal2/absolute',
      { session_absolute: 86_400, refresh_absolute: 86_400 },
      [{ session_absolute: 86_401 }, { refresh_absolute: 86_401 }],
    ],
    ['nist-63b3-aal2/mfa', { mfa: 'always' }, [{ mfa: 'step_up' }, { mfa: 'none' }]],
    ['nist-63b4-aal3/mfa', { mfa: 'always' }, [{ mfa: 'step_up' }, { mfa_phishing_resistant: false }]],
    ['nist-63b4-aal1/presence', { activity: 'reported' }, [{ activity: 'any_refresh' }]],
    ['fedramp-high/sessions', { max_sessions: 2 }, [{ max_sessions: 3 }]],
  ];
  for (const [requirement, meets, misses] of ofLimits) {
    it(`${requirement} is met at its limit and missed beyond`, () => {
      assert.equal(verdictOn(requirement, meets), 'pass');
      for (const limits of misses)
        assert.equal(verdictOn(requirement, limits), 'fail', JSON.stringify(limits));
    });
  }

  const ofServers: [requirement: string, meets: Partial<RunningFacts>, misses: Partial<RunningFacts>[]][] = [
    ['nist-63b4-aal2/phishing_resistant_option', {}, [{ offersPhishingResistance: false }]],
    [
      'pci-dss-4.0.1/lockout',
      { passwordAttempts: { most: 10, seconds: 1800 } },
      [{ passwordAttempts: { most: 11, seconds: 1800 } }, { passwordAttempts: { most: 10, seconds: 1799 } }],
    ],
    [
      'psd2-sca/lockout',
      { passwordAttempts: { most: 5, seconds: 1 } },
      [{ passwordAttempts: { most: 6, seconds: 86_400 } }],
    ],
    [
      'nist-63b4-aal1/attempts',
      { passwordsInARow: 100, codesInARow: 100 },
      [{ passwordsInARow: 101 }, { codesInARow: 101 }, { passwordsInARow: undefined }],
    ],
    ['pci-dss-4.0.1/replay', {}, [{ isCodeTakenOnce: false }]],
    ['asvs-5-l2/otp_lifetime', { totpLifetime: 30 }, [{ totpLifetime: 31 }]],
    ['asvs-5-l2/code_lifetime', { authorizationCodeLifetime: 600 }, [{ authorizationCodeLifetime: 601 }]],
    ['fapi2/code_lifetime', { authorizationCodeLifetime: 60 }, [{ authorizationCodeLifetime: 61 }]],
    ['fapi2/request_uri_lifetime', { requestUriLifetime: 599 }, [{ requestUriLifetime: 600 }]],
    ['fapi2/sender_constrained', {}, [{ unboundClients: ['shop'] }]],
    ['fapi2/rotation', {}, [{ rotatingClients: ['shop'] }]],
    [
      'asvs-5-l2/session_token',
      { sessionCookie: { ...cookie, secretBits: 128 } },
      [{ sessionCookie: { ...cookie, secretBits: 127 } }],
    ],
    ['nist-63b4-aal1/cookie_secure', {}, [{ sessionCookie: { ...cookie, secure: false } }]],
    [
      'nist-63b4-aal1/cookie_scope',
      { sessionCookie: { ...cookie, sameSite: 'strict' } },
      [
        { sessionCookie: { ...cookie, httpOnly: false } },
        { sessionCookie: { ...cookie, sameSite: 'none' } },
        { sessionCookie: { ...cookie, name: 'session' } },
      ],
    ],
  ];
  for (const [requirement, meets, misses] of ofServers) {
    it(`${requirement} is met by a server that does it, and missed by one that does not`, () => {
      assert.equal(verdictOn(requirement, {}, meets), 'pass');
      for (const facts of misses)
        assert.equal(verdictOn(requirement, {}, facts), 'fail', JSON.stringify(facts));
    });
  }
});
