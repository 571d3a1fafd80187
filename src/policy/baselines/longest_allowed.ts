import type { DurationField } from '../../domain/policies.ts';
import { baselineCatalogue } from './catalogue.ts';

/** The longest value of a limit that baselines allow, in seconds, and which of them; undefined: they set none. */
export function longestAllowed(
  field: DurationField,
  baselines: readonly string[],
): { seconds: number; baseline: string } | undefined {
  const allowed = baselines.flatMap((baseline) =>
    (baselineCatalogue.get(baseline)?.requirements ?? []).flatMap(({ check }) =>
      check.kind === 'longest' && check.fields.includes(field) ? [{ seconds: check.seconds, baseline }] : [],
    ),
  );
  return allowed.toSorted((a, b) => a.seconds - b.seconds)[0];
}
