import assert from 'node:assert/strict';
import { isName } from '../../src/config/schema/names.ts';
import { builtInDefaultPolicy } from '../../src/domain/policies.ts';
import { baselineCatalogue, requirementCatalogue } from '../../src/policy/baselines/catalogue.ts';
import { checkLimits } from '../../src/policy/baselines/check_limits.ts';
import { checkRunning } from '../../src/policy/baselines/check_running.ts';
import { effectiveLimits } from '../../src/policy/effective_limits.ts';
import { soundFacts } from './running_facts.ts';

type Modality = 'must' | 'should' | undefined;

/** As the sources have them: idle and absolute limits in seconds, and whether two factors are asked for. */
const expected: [
  id: string,
  idle: number | undefined,
  idleModality: Modality,
  absolute: number | undefined,
  absoluteModality: Modality,
  mfa: string | undefined,
][] = [
  ['nist-63b4-aal1', undefined, undefined, 2_592_000, 'should', undefined],
  ['nist-63b4-aal2', 3600, 'should', 86_400, 'should', 'mfa'],
  ['nist-63b4-aal3', 900, 'should', 43_200, 'must', 'phishing_resistant_mfa'],
  ['nist-63b3-aal1', undefined, undefined, 2_592_000, 'should', undefined],
  ['nist-63b3-aal2', 1800, 'must', 43_200, 'must', 'mfa'],
  ['nist-63b3-aal3', 900, 'must', 43_200, 'must', 'mfa'],
  ['fedramp-low', undefined, undefined, 2_592_000, 'must', 'mfa'],
  ['fedramp-moderate', 900, 'must', 43_200, 'must', 'mfa'],
  ['fedramp-high', 900, 'must', 43_200, 'must', 'mfa'],
  ['fedramp-privileged', 600, 'must', 43_200, 'must', 'mfa'],
  ['pci-dss-4.0.1', 900, 'must', undefined, undefined, 'mfa'],
  ['psd2-sca', 300, 'must', undefined, undefined, 'mfa'],
  ['owasp-high-value', 300, 'should', 28_800, 'should', undefined],
  ['owasp-low-risk', 1800, 'should', 28_800, 'should', undefined],
  ['asvs-5-l2', undefined, 'must', undefined, 'must', 'mfa'],
  ['fapi2', undefined, undefined, undefined, undefined, undefined],
  ['hipaa', undefined, 'should', undefined, undefined, undefined],
  ['disa-asd-user', 900, 'must', undefined, undefined, undefined],
  ['disa-asd-admin', 600, 'must', undefined, undefined, undefined],
  ['cis-m365-admin', undefined, undefined, 14_400, 'must', 'mfa'],
  ['cis-m365-unmanaged', 10_800, 'must', undefined, undefined, undefined],
  ['cisa-scuba-gws', undefined, undefined, 43_200, 'must', undefined],
];

describe('the catalogue of baselines', () => {
  it('has the limits of its sources, and what they say of them', () => {
    const found = [...baselineCatalogue.values()].map(({ id, requirements }) => {
      const of = (subject: string) => requirements.find((entry) => entry.id === `${id}/${subject}`);
      const [idle, absolute, mfa] = [of('idle'), of('absolute'), of('mfa')];
      const secondsOf = (check = idle?.check) => (check?.kind === 'longest' ? check.seconds : undefined);
      return [
        id,
        secondsOf(),
        idle?.modality,
        absolute && secondsOf(absolute.check),
        absolute?.modality,
        mfa?.check.kind,
      ];
    });
    assert.deepEqual(found, expected);
  });

  it('names each requirement once, by its baseline, with a section and a sentence', () => {
    const requirements = [...baselineCatalogue.values()].flatMap((baseline) => baseline.requirements);
    assert.equal(requirementCatalogue.size, requirements.length);
    for (const { id, section, text } of requirements) {
      assert.ok(isName(id), id);
      assert.ok(baselineCatalogue.has(id.split('/')[0] ?? ''), id);
      assert.notEqual(section, '', id);
      assert.match(text, /^[A-Z].*\.$/, id);
    }
  });

  it('asks nothing that nobody checks, and nothing that two do', () => {
    const limits = effectiveLimits([], builtInDefaultPolicy);
    for (const { id, check } of requirementCatalogue.values()) {
      const checked = [checkLimits(check, { limits, claimed: [] }), checkRunning(check, soundFacts)];
      assert.equal(checked.filter((faults) => faults !== undefined).length, 1, id);
    }
  });
});
