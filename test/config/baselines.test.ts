import assert from 'node:assert/strict';
import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import { Problem } from '../../src/domain/problems.ts';
import { baselineCatalogue, requirementCatalogue } from '../../src/policy/baselines/catalogue.ts';

const known = { baselines: baselineCatalogue, requirements: requirementCatalogue };

function faultsOf(file: object): string[] {
  try {
    parseConfigurationFile(JSON.stringify(file), { env: {}, known });
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error.message.split('\n');
  }
  return [];
}

const excuse = { requirement: 'hipaa/idle', reason: 'A lock on the device', until: '2027-06-30' };

describe('baselines in a file', () => {
  it('are those of the catalogue; an unknown one is a fault at its path', () => {
    const faults = faultsOf({ policies: { a: { baselines: ['hipaa', 'pci'] } }, roles: { b: 1 } });
    assert.equal(faults.length, 2, 'beside the other faults, all at once');
    assert.match(
      faults.join('\n'),
      /^policies\.a\.baselines\[1\]: there is no baseline pci; there are nist-/m,
    );
    assert.deepEqual(faultsOf({ policies: { a: { baselines: ['hipaa', 'pci-dss-4.0.1'] } } }), []);
  });

  it('are excused by requirement, reason and day, for one policy or all', () => {
    const file = (deviation: object) => ({ policies: { a: {} }, deviations: { b: deviation } });
    assert.deepEqual(faultsOf(file(excuse)), []);
    assert.deepEqual(faultsOf(file({ ...excuse, policy: 'a' })), []);
    assert.deepEqual(faultsOf(file({ ...excuse, policy: 'c' })), [
      'deviations.b.policy: there is no policy c in policies',
    ]);
    assert.deepEqual(faultsOf(file({ ...excuse, requirement: 'psd2-sca/absolute' })), [
      'deviations.b.requirement: there is no requirement psd2-sca/absolute; there are ' +
        'psd2-sca/idle, psd2-sca/lockout, psd2-sca/mfa',
    ]);
    assert.deepEqual(faultsOf(file({ ...excuse, requirement: 'nobody/knows' })), [
      'deviations.b.requirement: there is no requirement nobody/knows',
    ]);
    for (const until of ['2027-02-30', 'next year', '2027-06-30T00:00:00Z']) {
      assert.deepEqual(faultsOf(file({ ...excuse, until })), [
        'deviations.b.until: must be a day such as 2027-06-30',
      ]);
    }
    for (const key of ['requirement', 'reason', 'until']) {
      const rest = Object.fromEntries(Object.entries(excuse).filter(([name]) => name !== key));
      assert.equal(faultsOf(file(rest)).length, 1, key);
    }
  });
});
