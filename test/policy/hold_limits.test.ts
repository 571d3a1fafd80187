import assert from 'node:assert/strict';
import { baselineCatalogue } from '../../src/policy/baselines/catalogue.ts';
import { evaluateCompliance } from '../../src/policy/evaluate_compliance.ts';
import { limitsFor } from '../../src/policy/effective_limits.ts';
import { holdLimits } from '../../src/policy/hold_limits.ts';
import { configurationOf, limitsOf, policy } from './facts.ts';
import { soundFacts } from './running_facts.ts';

describe('limits held against all baselines', () => {
  const faultsOf = (id: string, held: ReturnType<typeof holdLimits>) =>
    held.find((one) => one.id === id)?.faults;

  it('meet what is no shorter, and say in what they miss the rest', () => {
    const held = holdLimits(
      limitsOf({ session_idle: 900, refresh_idle: 900, lease_max: 0, mfa: 'always' }),
      [],
    );
    assert.deepEqual(faultsOf('pci-dss-4.0.1', held), []);
    const longer = holdLimits(
      limitsOf({ session_idle: 901, refresh_idle: 900, lease_max: 0, mfa: 'none' }),
      [],
    );
    assert.deepEqual(faultsOf('pci-dss-4.0.1', longer)?.toSorted(), [
      'mfa is none (policy p)',
      'session_idle is 901s, longer than 15m (policy p)',
    ]);
  });

  it('are held against those that are claimed first, and against each once', () => {
    const held = holdLimits(limitsOf({}), ['hipaa', 'psd2-sca']);
    const ids = held.map(({ id }) => id);
    assert.deepEqual(
      held.filter(({ claimed }) => claimed).map(({ id }) => id),
      ids.slice(0, 2),
    );
    assert.deepEqual(new Set(ids.slice(0, 2)), new Set(['hipaa', 'psd2-sca']));
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.every((id) => baselineCatalogue.has(id)));
  });

  it('agree with the compliance report where one role has one complete policy', () => {
    const own = {
      ...policy('p', { session_idle: 7200, mfa: 'none', max_sessions: 4 }),
      baselines: [...baselineCatalogue.keys()],
    };
    const configuration = configurationOf({ policies: [own], roles: [{ name: 'r', policy: 'p' }] });
    const limits = limitsFor(configuration, { roles: ['r'] });
    const { rows } = evaluateCompliance(configuration, soundFacts, { today: '2026-01-01' });
    for (const { id, faults } of holdLimits(limits, own.baselines)) {
      const reported = rows.filter((row) => row.baseline === id && row.policy === 'p');
      assert.equal(
        faults.length === 0,
        reported.every(({ verdict }) => verdict === 'pass'),
        id,
      );
    }
  });
});
