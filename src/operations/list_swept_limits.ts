import type { Configuration } from '../domain/configuration.ts';
import { shortestLimits } from '../policy/effective_limits.ts';
import { listBindingNames } from '../policy/list_policy_sources.ts';
import { familyLimits, sessionLimits } from '../policy/subject_limits.ts';
import { listMaybeOver, listOverdueSubjects } from '../store/check_walks.ts';
import type { SubjectLimits, Swept, SweptLimits, SweptSubject, WalkRules } from '../store/check_walks.ts';
import type { Queryable } from '../store/database.ts';

/** The ids of everything open that may be over under `configuration`, by its own limits, in portions. */
export async function listMaybeOverNow(
  db: Queryable,
  table: Swept,
  configuration: Configuration,
): Promise<string[][]> {
  const limits = await listSweptLimits(db, table, configuration);
  return await listMaybeOver(db, table, limits, listBindingNames(configuration));
}

/** What limits everything open has that may be over under `configuration`. */
export async function listSweptLimits(
  db: Queryable,
  table: Swept,
  configuration: Configuration,
): Promise<SweptLimits> {
  const { binding, limitsOf } = walkRules(table, configuration);
  const { shortest } = limitsOf([]);
  return limitsOf(await listOverdueSubjects(db, table, shortest, binding));
}

/** Limits of subjects by themselves: a bound family may end earlier, with its session. */
export function walkRules(table: Swept, configuration: Configuration): WalkRules {
  const limitsOf = table === 'families' ? ofFamily : ofSession;
  const shortest = shortestLimits(configuration, table === 'families' ? 'refresh' : 'session');
  return {
    binding: listBindingNames(configuration),
    limitsOf: (subjects) => ({
      shortest,
      subjects: subjects.map((subject) => ({ ...subject, ...limitsOf(configuration, subject) })),
    }),
  };
}

function ofFamily(configuration: Configuration, subject: SweptSubject): SubjectLimits {
  const { roles, resources, scopes } = subject;
  const [clientId] = subject.clientIds;
  const limits = familyLimits(configuration, { clientId, resources, scopes }, roles);
  return { idle: limits.refresh_idle.value, absolute: limits.refresh_absolute.value };
}

function ofSession(configuration: Configuration, { roles, clientIds }: SweptSubject): SubjectLimits {
  const limits = sessionLimits(configuration, { clientIds }, roles);
  return { idle: limits.session_idle.value, absolute: limits.session_absolute.value };
}
