import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Configuration } from '../../src/domain/configuration.ts';
import type { Deviation } from '../../src/domain/deviations.ts';
import type { Limits, Policy } from '../../src/domain/policies.ts';
import { baselineCatalogue } from '../../src/policy/baselines/catalogue.ts';
import { checkLimits } from '../../src/policy/baselines/check_limits.ts';
import { listReach } from '../../src/policy/baselines/list_reach.ts';
import { evaluateCompliance } from '../../src/policy/evaluate_compliance.ts';
import { familyLimits, sessionLimits } from '../../src/policy/subject_limits.ts';
import { limits as anyLimits } from './arbitraries.ts';
import { client, configurationOf, policy } from './facts.ts';
import type { Parts } from './facts.ts';
import { soundFacts } from './running_facts.ts';

const day = '2026-11-28';
const pci = (limits: Partial<Limits> = {}): Policy => ({
  ...policy('p', { session_idle: 900, refresh_idle: 900, mfa: 'always', ...limits }, 4),
  baselines: ['pci-dss-4.0.1'],
});
const withDeviations = (parts: Parts, deviations: readonly Deviation[]): Configuration => ({
  ...configurationOf(parts),
  deviations: new Map(deviations.map((entry) => [entry.name, entry])),
});
const missesOf = (configuration: Configuration, policyName?: string) =>
  evaluateCompliance(configuration, soundFacts, { today: day, policy: policyName }).rows.filter(
    ({ verdict }) => verdict !== 'pass',
  );

describe('evaluateCompliance', () => {
  it('holds a policy to what it claims, and the server to what any policy claims, each once', () => {
    const policies = [pci(), { ...pci(), name: 'q' }, policy('silent', { session_idle: 1e6 })];
    const { rows } = evaluateCompliance(configurationOf({ policies }), soundFacts, { today: day });
    const told = rows.map(({ policy: name = '-', requirement }) => `${name} ${requirement}`);
    assert.deepEqual(told, [
      'p pci-dss-4.0.1/idle',
      'p pci-dss-4.0.1/mfa',
      'q pci-dss-4.0.1/idle',
      'q pci-dss-4.0.1/mfa',
      '- pci-dss-4.0.1/lockout',
      '- pci-dss-4.0.1/replay',
    ]);
    const one = evaluateCompliance(configurationOf({ policies }), soundFacts, { today: day, policy: 'q' });
    assert.deepEqual([...new Set(one.rows.map(({ policy: name = '-' }) => name))], ['q', '-']);
  });

  it('judges what a policy leaves out by the value that holds then, and says whose it is', () => {
    const claiming = { ...policy('p', {}), baselines: ['psd2-sca'] };
    assert.deepEqual(
      missesOf(configurationOf({ policies: [claiming] })).map(({ faults }) => faults),
      [
        [
          'session_idle is 15m, longer than 5m (policy default)',
          'refresh_idle is 15m, longer than 5m (policy default)',
        ],
        ['mfa is step_up (policy default)'],
      ],
    );
  });

  it('sees that another policy of the same person may set what it leaves out', () => {
    const claiming = { ...policy('p', { mfa: 'always', refresh_idle: 900 }), baselines: ['pci-dss-4.0.1'] };
    const loose = policy('loose', { session_idle: 7200, refresh_idle: 7200 });
    const configuration = configurationOf({
      policies: [claiming, loose],
      roles: [{ name: 'clerk', policy: 'p' }],
      clients: [client('web', { policy: 'loose' })],
    });
    const [missed] = missesOf(configuration);
    assert.deepEqual(missed?.faults, ['session_idle is 2h, longer than 15m (policy loose)']);
  });

  it('does not take the built-in limits for written down', () => {
    const claiming = { ...policy('p', { session_idle: 900 }), baselines: ['hipaa'] };
    const [missed] = missesOf(configurationOf({ policies: [claiming] }));
    assert.deepEqual(missed?.faults, ['refresh_idle is not set by any policy here; the built-in 15m holds']);
    const written = { ...policy('default', { refresh_idle: 900 }, 1) };
    assert.deepEqual(missesOf(configurationOf({ policies: [claiming, written] })), []);
  });

  it('permits privileged users one session more', () => {
    const claiming = (limits: Partial<Limits>, ...baselines: string[]) => ({
      ...pci({ session_idle: 600, refresh_idle: 600, max_sessions: 3, ...limits }),
      baselines,
    });
    assert.equal(missesOf(configurationOf({ policies: [claiming({}, 'fedramp-high')] })).length, 1);
    const both = ['fedramp-high', 'fedramp-privileged'];
    assert.deepEqual(missesOf(configurationOf({ policies: [claiming({}, ...both)] })), []);
    assert.equal(missesOf(configurationOf({ policies: [claiming({ max_sessions: 4 }, ...both)] })).length, 1);
  });

  it('fails a baseline that the catalogue no longer has', () => {
    const [missed] = missesOf(configurationOf({ policies: [{ ...pci(), baselines: ['gone'] }] }));
    assert.deepEqual([missed?.verdict, missed?.faults], ['fail', ['there is no baseline gone']]);
  });

  describe('of a policy that only a resource or a scope names', () => {
    const loose = policy('loose', { session_idle: 7200 });
    const api = { identifier: 'https://api', scopes: [], policy: 'p' };

    it('asks how long the sessions may last from which such tokens come', () => {
      const configuration = configurationOf({
        policies: [pci(), loose],
        roles: [{ name: 'clerk', policy: 'loose' }],
        resources: [api],
      });
      assert.deepEqual(missesOf(configuration)[0]?.faults, [
        'resource https://api: session_idle is 2h, longer than 15m (policy loose)',
      ]);
    });

    it('is content where every session is short enough', () => {
      const roles = [{ name: 'clerk' }];
      const parts = { policies: [pci()], roles, resources: [api], scopes: [{ name: 'pay', policy: 'p' }] };
      assert.deepEqual(missesOf(configurationOf(parts)), []);
    });

    it('asks it too where a role or client has the policy as well', () => {
      const clients = [client('till', { policy: 'p' }), client('web', { policy: 'loose' })];
      const configuration = configurationOf({ policies: [pci(), loose], clients, resources: [api] });
      assert.deepEqual(
        missesOf(configuration).map(({ requirement }) => requirement),
        ['pci-dss-4.0.1/idle'],
      );
    });
  });

  it('passes no policy that would let any account of its role have longer limits', () => {
    const checks = [...baselineCatalogue.values()].flatMap(({ id, requirements }) =>
      requirements.map(({ check }) => ({ id, check })),
    );
    const others = fc.array(anyLimits, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        anyLimits,
        others,
        fc.constantFrom(...checks),
        (own, [b = {}, c = {}, d = {}], { id, check }) => {
          const seconds = check.kind === 'longest' ? { ...check, seconds: 10 } : check;
          const configuration = configurationOf({
            policies: [policy('p', own), policy('b', b), policy('c', c), policy('d', d)],
            roles: [
              { name: 'p', policy: 'p' },
              { name: 'b', policy: 'b' },
            ],
            clients: [client('c', { policy: 'c' })],
            resources: [{ identifier: 'd', scopes: [], policy: 'd' }],
          });
          const claimed = [id];
          const reach = listReach(configuration, { ...policy('p', own), baselines: claimed });
          const isMissed = reach.some(
            ({ limits }) => checkLimits(seconds, { limits, claimed })?.length !== 0,
          );
          if (isMissed) return;
          const subject = { clientId: 'c', clientIds: ['c'], resources: ['d'], scopes: [] };
          for (const limits of [
            familyLimits(configuration, subject, ['p', 'b']),
            sessionLimits(configuration, subject, ['b', 'p']),
          ]) {
            assert.deepEqual(checkLimits(seconds, { limits, claimed }), []);
          }
        },
      ),
    );
  });

  describe('of a justified deviation', () => {
    const missing = pci({ session_idle: 901 });
    const excuse = (more: Partial<Deviation> = {}): Deviation => ({
      name: 'tills',
      requirement: 'pci-dss-4.0.1/idle',
      reason: 'One card at a time',
      until: day,
      ...more,
    });
    const judge = (deviations: readonly Deviation[], policies: readonly Policy[] = [missing]) => {
      const configuration = withDeviations({ policies }, deviations);
      const report = evaluateCompliance(configuration, soundFacts, { today: day });
      const row = report.rows.find(({ requirement }) => requirement === 'pci-dss-4.0.1/idle');
      return {
        verdict: row?.verdict,
        by: row?.deviation?.name,
        faults: row?.faults.length,
        unused: report.unused,
      };
    };

    it('lets it through to the end of its last day, and tells what is missed all the same', () => {
      assert.deepEqual(judge([excuse()]), { verdict: 'justified', by: 'tills', faults: 1, unused: [] });
      assert.deepEqual(judge([excuse({ until: '2026-11-27' })]), {
        verdict: 'fail',
        by: 'tills',
        faults: 1,
        unused: ['tills'],
      });
    });

    it('takes one that is in force before one that expired', () => {
      const both = [excuse({ name: 'old', until: '2025-01-01' }), excuse()];
      assert.deepEqual(judge(both), { verdict: 'justified', by: 'tills', faults: 1, unused: ['old'] });
    });

    it('is for its policy alone, where it names one, and for its requirement alone', () => {
      assert.equal(judge([excuse({ policy: 'p' })]).verdict, 'justified');
      assert.equal(judge([excuse({ policy: 'q' })]).verdict, 'fail');
      assert.equal(judge([excuse({ requirement: 'pci-dss-4.0.1/mfa' })]).verdict, 'fail');
    });

    it('justifies nothing where nothing is missed', () => {
      assert.deepEqual(judge([excuse()], [pci()]), {
        verdict: 'pass',
        by: undefined,
        faults: 0,
        unused: ['tills'],
      });
    });
  });
});
