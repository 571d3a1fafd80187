import { formatInstant } from '../domain/instants.ts';
import { Problem } from '../domain/problems.ts';
import { defaultRateLimits } from '../domain/rate_limits.ts';
import type { RunningFacts } from '../policy/baselines/running_facts.ts';
import { evaluateCompliance } from '../policy/evaluate_compliance.ts';
import type { ComplianceReport, ComplianceVerdict } from '../policy/evaluate_compliance.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import type { Queryable } from '../store/database.ts';
import { readNow } from '../store/sessions.ts';

export interface DatedCompliance extends ComplianceReport {
  /** `YYYY-MM-DD`, UTC: the day by which deviations count. */
  day: string;
  counts: Record<ComplianceVerdict, number>;
  /** Policies that claim no baseline. */
  unclaimed: string[];
}

/** What a server does whatever is configured; the rest is read. */
export type FixedFacts = Omit<RunningFacts, 'passwordAttempts' | 'unboundClients' | 'rotatingClients'>;

/** Hold the stored policies, those of `configuration` if given, or one of them, against their baselines. Throws Problem `policy_unknown`. */
export async function reportCompliance(
  db: Queryable,
  facts: FixedFacts,
  { policy, configuration: read }: { policy?: string | undefined; configuration?: LoadedConfiguration } = {},
): Promise<DatedCompliance> {
  const configuration = read ?? (await loadConfiguration(db));
  if (policy !== undefined && !configuration.policies.has(policy)) {
    const names = [...configuration.policies.keys()].join(', ');
    throw new Problem('policy_unknown', `There is no policy ${policy}; there are ${names}.`);
  }
  const day = formatInstant(await readNow(db)).slice(0, 10);
  const passwordAttempts = configuration.rateLimits.sign_in_account ?? defaultRateLimits.sign_in_account;
  const running = { ...facts, passwordAttempts, ...readClientFacts(configuration) };
  const report = evaluateCompliance(configuration, running, { today: day, policy });
  const counts = { pass: 0, fail: 0, justified: 0 };
  for (const { verdict } of report.rows) counts[verdict] += 1;
  const unclaimed = [...configuration.policies.values()]
    .filter(({ name, baselines }) => baselines.length === 0 && (policy === undefined || name === policy))
    .map(({ name }) => name);
  return { day, counts, ...report, unclaimed };
}

/** Which apps have unbound or rotated tokens; one that gets no refresh token has none to rotate. */
function readClientFacts({ clients }: LoadedConfiguration) {
  const all = [...clients.values()].filter(({ disabled }) => !disabled);
  const named = (isOne: (client: (typeof all)[number]) => boolean) =>
    all
      .filter(isOne)
      .map(({ clientId }) => clientId)
      .toSorted();
  return {
    unboundClients: named(({ metadata }) => metadata.dpop_bound_access_tokens !== true),
    rotatingClients: named(
      ({ metadata, refreshRotation }) =>
        refreshRotation && [metadata.grant_types].flat().includes('refresh_token'),
    ),
  };
}
