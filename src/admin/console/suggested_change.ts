import type { Configuration } from '../../domain/configuration.ts';
import { limitFields } from '../../reports/describe_limit.ts';
import type { UsageRow } from '../../reports/report_usage.ts';
import { policyPath } from './policies_page.ts';
import { writeLimit } from './policy_fields.ts';

/** The form of a policy with each suggested limit filled in; undefined where nothing is to be changed any more. */
export function linkSuggestedChange(
  { policies }: Configuration,
  name: string,
  rows: readonly UsageRow[],
): string | undefined {
  const policy = policies.get(name);
  const suggested = rows
    .filter((row) => row.policy === name && isOpen(row) && isInForce(policies, row))
    // A session's own comes last, and holds for the access of apps that its limit ended, too.
    .toSorted((a, b) => Number(a.of === 'session') - Number(b.of === 'session'))
    .map(({ field, suggested: point }) => [field, point?.limit ?? 0] as const);
  if (!policy || suggested.length === 0) return undefined;
  const limits = { ...policy.limits, ...Object.fromEntries(suggested) };
  const query = new URLSearchParams(
    Object.fromEntries(limitFields.map((field) => [field, writeLimit(field, limits)])),
  );
  for (const baseline of policy.baselines) query.append('baseline', baseline);
  return `${policyPath(name)}/edit?${query.toString()}`;
}

const isOpen = ({ verdict, suggested }: UsageRow): boolean =>
  suggested !== undefined && (verdict === 'too_strict' || verdict === 'too_loose');

/** Whether the limit that was judged is that of now. */
export function isInForce(policies: Configuration['policies'], { policy, field, limit }: UsageRow): boolean {
  return policies.get(policy)?.limits[field] === limit;
}
