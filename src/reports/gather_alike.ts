import { sayNumber } from './describe_suggestion.ts';
import type { UsageRow } from './report_usage.ts';

/** Access of apps that ends with its sessions has their frontier: it is drawn once. */
export function gatherAlike(rows: readonly UsageRow[]): (readonly [UsageRow, ...UsageRow[]])[] {
  const gathered: [UsageRow, ...UsageRow[]][] = [];
  for (const row of rows.toSorted((a, b) => (a.of > b.of ? -1 : 1))) {
    const alike = gathered.find(([first]) => isDrawnAlike(first, row));
    if (alike) alike.push(row);
    else gathered.push([row]);
  }
  return gathered;
}

const isDrawnAlike = (a: UsageRow, b: UsageRow): boolean =>
  a.policy === b.policy &&
  a.limit === b.limit &&
  a.policyVersion === b.policyVersion &&
  a.frontier.length === b.frontier.length &&
  a.frontier.every((point, at) => {
    const other = b.frontier[at];
    return (
      sayNumber(point.interruptions) === sayNumber(other?.interruptions ?? -1) &&
      sayNumber(point.idleHours) === sayNumber(other?.idleHours ?? -1)
    );
  });
