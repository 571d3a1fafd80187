import type { Configuration } from '../domain/configuration.ts';
import type { Instant } from '../domain/instants.ts';
import { evaluateFamily } from '../policy/evaluate_lifetime.ts';
import { familyLimits, sessionLimits } from '../policy/subject_limits.ts';
import type { OpenFamily } from '../store/families.ts';

/** When a living family's limit passes if nothing happens; undefined: it is over. */
export function nextFamilyCheck(
  configuration: Configuration,
  open: OpenFamily,
  now: Instant,
): Instant | undefined {
  const limits = sessionLimits(configuration, open.session ?? { clientIds: [] }, open.roles);
  const life = evaluateFamily(
    open.family,
    familyLimits(configuration, open.family, open.roles),
    { session: open.session, limits },
    now,
  );
  return life.over ? undefined : life.idleEndAt;
}
