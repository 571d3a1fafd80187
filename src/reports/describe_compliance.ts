import type { ComplianceRow } from '../policy/evaluate_compliance.ts';
import type { DatedCompliance } from './report_compliance.ts';

/** Rows of one policy, or of the running configuration, under one baseline. */
export interface DescribedGroup {
  heading: string;
  source: string;
  rows: (ComplianceRow & { details: string[] })[];
}

/** The report in words, for text and page alike. */
export interface DescribedCompliance {
  summary: string;
  groups: DescribedGroup[];
  notes: string[];
}

export function describeCompliance({
  rows,
  unused,
  counts,
  unclaimed,
}: DatedCompliance): DescribedCompliance {
  const groups = new Map<string, [ComplianceRow, ...ComplianceRow[]]>();
  for (const row of rows) {
    const name = `${row.policy ?? ''}\n${row.baseline}`;
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return {
    summary: `${counts.pass} pass, ${counts.justified} justified, ${counts.fail} fail.`,
    groups: [...groups.values()].map((of) => describeGroup(of)),
    notes: [
      ...(rows.length === 0
        ? [
            'No policy claims a baseline, so there is nothing to hold it to. A policy claims one by a line such as baselines: [pci-dss-4.0.1].',
          ]
        : unclaimed.map((name) => `Policy ${name} claims no baseline.`)),
      ...unused.map(
        (name) => `Deviation ${name} justifies nothing: expired, or what it excuses is met or not asked.`,
      ),
    ],
  };
}

function describeGroup(rows: readonly [ComplianceRow, ...ComplianceRow[]]): DescribedGroup {
  const [{ policy, source, title }] = rows;
  return {
    heading: policy === undefined ? 'The running configuration' : `Policy ${policy}`,
    source: [source, title].filter(Boolean).join(', '),
    rows: rows.map((row) => ({ ...row, details: [...row.faults, ...describeDeviation(row)] })),
  };
}

function describeDeviation({ deviation, verdict }: ComplianceRow): string[] {
  if (!deviation) return [];
  const { name, until, reason } = deviation;
  return verdict === 'justified'
    ? [`accepted until ${until} (${name}): ${reason}`]
    : [`was accepted until ${until} (${name}): ${reason}`];
}

/** The report as lines for a terminal. */
export function renderComplianceText(report: DatedCompliance): string {
  const { summary, groups, notes } = describeCompliance(report);
  const blocks = groups.map(({ heading, source, rows }) =>
    [
      `${heading} · ${source}`,
      ...rows.flatMap(({ verdict, requirement, section, modality, text, details }) => [
        `  ${verdict.padEnd(9)}  ${requirement}  (${section}, ${modality})  ${text}`,
        ...details.map((detail) => `             ${detail}`),
      ]),
    ].join('\n'),
  );
  return [...blocks, ...(notes.length > 0 ? [notes.join('\n')] : []), summary].join('\n\n') + '\n';
}
