import type { Configuration } from '../domain/configuration.ts';
import type { Deviation } from '../domain/deviations.ts';
import type { Policy } from '../domain/policies.ts';
import type { Requirement } from './baselines/baseline.ts';
import { baselineCatalogue } from './baselines/catalogue.ts';
import { checkLimits } from './baselines/check_limits.ts';
import { checkRunning } from './baselines/check_running.ts';
import { listReach } from './baselines/list_reach.ts';
import type { RunningFacts } from './baselines/running_facts.ts';

export type ComplianceVerdict = 'pass' | 'fail' | 'justified';

/** A requirement, held against a policy or, where it is about neither limits nor roles, against the server. */
export interface ComplianceRow {
  /** Absent: the running configuration. */
  policy?: string;
  baseline: string;
  source: string;
  title: string;
  requirement: string;
  section: string;
  modality: Requirement['modality'];
  text: string;
  verdict: ComplianceVerdict;
  /** In what it is missed, a phrase each; also where that is justified. */
  faults: string[];
  /** What justifies it; also one that did until it expired. */
  deviation?: Deviation;
}

export interface ComplianceReport {
  rows: ComplianceRow[];
  /** Deviations that justify nothing: their requirement is met, not claimed, or they expired. */
  unused: string[];
}

/**
 * Hold every policy, or the one named, against the baselines that it claims, and the running
 * configuration against what those ask of it. A missed recommendation fails like a missed rule: both
 * need a reason. `today` is `YYYY-MM-DD` in UTC.
 */
export function evaluateCompliance(
  configuration: Configuration,
  facts: RunningFacts,
  { today, policy: only }: { today: string; policy?: string | undefined },
): ComplianceReport {
  const policies = [...configuration.policies.values()].filter(
    ({ name, baselines }) => baselines.length > 0 && (only === undefined || name === only),
  );
  const deviations = [...(configuration.deviations?.values() ?? [])];
  const justify = (row: ComplianceRow): ComplianceRow => applyDeviation(row, deviations, today);
  const ids = [...new Set(policies.flatMap(({ baselines }) => baselines))];
  const rows = [
    ...policies.flatMap((policy) => listPolicyRows(configuration, policy)),
    ...ids.flatMap((id) => listRunningRows(id, facts)),
  ].map(justify);
  const used = new Set(
    rows.flatMap(({ verdict, deviation }) => (verdict === 'justified' && deviation ? deviation.name : [])),
  );
  const unused = deviations.map(({ name }) => name).filter((name) => !used.has(name));
  return { rows, unused: only === undefined ? unused : [] };
}

function listPolicyRows(configuration: Configuration, policy: Policy): ComplianceRow[] {
  const reach = listReach(configuration, policy);
  return policy.baselines.flatMap((id) => {
    const baseline = baselineCatalogue.get(id);
    if (!baseline) return [unknownBaseline(policy.name, id)];
    return baseline.requirements.flatMap((requirement) => {
      const found = reach.map(({ limits, where }) => {
        const faults = checkLimits(requirement.check, { limits, claimed: policy.baselines });
        return faults?.map((fault) => (where === undefined ? fault : `${where}: ${fault}`));
      });
      if (found.includes(undefined)) return [];
      const faults = [...new Set(found.flatMap((texts) => texts ?? []))];
      return [{ policy: policy.name, ...rowOf(id, requirement), ...outcome(faults) }];
    });
  });
}

function listRunningRows(id: string, facts: RunningFacts): ComplianceRow[] {
  return (baselineCatalogue.get(id)?.requirements ?? []).flatMap((requirement) => {
    const faults = checkRunning(requirement.check, facts);
    return faults ? [{ ...rowOf(id, requirement), ...outcome(faults) }] : [];
  });
}

const outcome = (faults: string[]) =>
  ({ verdict: faults.length === 0 ? 'pass' : 'fail', faults }) satisfies Partial<ComplianceRow>;

function rowOf(baseline: string, { id: requirement, section, modality, text }: Requirement) {
  const { source = '', title = '' } = baselineCatalogue.get(baseline) ?? {};
  return { baseline, source, title, requirement, section, modality, text };
}

/** A file that names one is refused; an older database may still hold one. */
function unknownBaseline(policy: string, baseline: string): ComplianceRow {
  const text = 'The catalogue has this baseline.';
  const row = { policy, baseline, source: baseline, title: '', requirement: baseline, section: '', text };
  return { ...row, modality: 'must', verdict: 'fail', faults: [`there is no baseline ${baseline}`] };
}

/** Of several that fit, one in force. One that names a policy excuses that policy alone. */
function applyDeviation(row: ComplianceRow, deviations: readonly Deviation[], today: string): ComplianceRow {
  if (row.verdict !== 'fail') return row;
  const fitting = deviations.filter(
    ({ requirement, policy }) =>
      requirement === row.requirement && (policy === undefined || policy === row.policy),
  );
  const inForce = fitting.find(({ until }) => today <= until);
  if (inForce) return { ...row, verdict: 'justified', deviation: inForce };
  const [expired] = fitting;
  return expired ? { ...row, deviation: expired } : row;
}
