import { joinPath } from './faults.ts';
import type { Fault } from './faults.ts';
import type { SectionValues } from './sections.ts';

/** The ids that a file may name. */
export interface KnownBaselines {
  baselines: ReadonlyMap<string, unknown>;
  requirements: ReadonlyMap<string, unknown>;
}

/** Baselines and requirements that nobody knows. */
export function checkBaselines({ policies, deviations }: SectionValues, known: KnownBaselines): Fault[] {
  const claims = [...(policies ?? [])].flatMap(([name, { baselines }]) =>
    baselines.map((id, index) => ({ id, path: joinPath('policies', name, 'baselines', index) })),
  );
  const excused = [...(deviations ?? [])].map(([name, { requirement: id }]) => ({
    id,
    path: joinPath('deviations', name, 'requirement'),
  }));
  return [
    ...claims
      .filter(({ id }) => !known.baselines.has(id))
      .map(({ id, path }) => ({
        path,
        message: `there is no baseline ${id}; there are ${[...known.baselines.keys()].join(', ')}`,
      })),
    ...excused
      .filter(({ id }) => !known.requirements.has(id))
      .map(({ id, path }) => ({ path, message: `there is no requirement ${id}${advise(id, known)}` })),
  ];
}

/** The requirements of the baseline that is meant, if that exists. */
function advise(id: string, { baselines, requirements }: KnownBaselines): string {
  const [baseline = ''] = id.split('/');
  if (!baselines.has(baseline)) return '';
  return `; there are ${[...requirements.keys()].filter((other) => other.startsWith(`${baseline}/`)).join(', ')}`;
}
