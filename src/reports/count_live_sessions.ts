import type { Configuration } from '../domain/configuration.ts';
import { sessionLimits } from '../policy/subject_limits.ts';
import type { Queryable } from '../store/database.ts';
import { sampleLiveSessions } from '../store/samples.ts';

/** Live sessions by the policy that sets their idle limit. Every policy is in it, also with none. */
export async function countLiveSessions(
  db: Queryable,
  configuration: Configuration,
): Promise<Map<string, number>> {
  const counts = new Map([...configuration.policies.keys()].map((name) => [name, 0]));
  for (const { roles, clientIds, count } of await sampleLiveSessions(db)) {
    const { policy } = sessionLimits(configuration, { clientIds }, roles).session_idle;
    counts.set(policy, (counts.get(policy) ?? 0) + count);
  }
  return counts;
}
