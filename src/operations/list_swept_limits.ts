import type { Configuration } from '../domain/configuration.ts';
import { shortestLimits } from '../policy/effective_limits.ts';
import { familyLimits, sessionLimits } from '../policy/subject_limits.ts';
import { listOverdueSubjects } from '../store/check_walks.ts';
import type { LimitsOf, SubjectLimits, Swept, SweptLimits, SweptSubject } from '../store/check_walks.ts';
import type { Queryable } from '../store/database.ts';

/** What limits everything open has that may be over under `configuration`. */
export async function listSweptLimits(
  db: Queryable,
  table: Swept,
  configuration: Configuration,
): Promise<SweptLimits> {
  const subjects = await listOverdueSubjects(db, table, shortestLimits(configuration));
  return sweptLimitsOf(table, configuration)(subjects);
}

/** Limits of subjects by themselves: a bound family may end earlier, with its session. */
export function sweptLimitsOf(table: Swept, configuration: Configuration): LimitsOf {
  const limitsOf = table === 'families' ? ofFamily : ofSession;
  return (subjects) => ({
    shortest: shortestLimits(configuration),
    subjects: subjects.map((subject) => ({ ...subject, ...limitsOf(configuration, subject) })),
  });
}

function ofFamily(configuration: Configuration, subject: SweptSubject): SubjectLimits {
  const { roles, resources, scopes } = subject;
  const [clientId = ''] = subject.clientIds;
  const limits = familyLimits(configuration, { clientId, resources, scopes }, roles);
  return { idle: limits.refresh_idle.value, absolute: limits.refresh_absolute.value };
}

function ofSession(configuration: Configuration, { roles, clientIds }: SweptSubject): SubjectLimits {
  const limits = sessionLimits(configuration, { clientIds }, roles);
  return { idle: limits.session_idle.value, absolute: limits.session_absolute.value };
}
