import { sessionLimits } from '../policy/subject_limits.ts';
import type { Visit } from '../domain/visit.ts';

/** Whether the roles alone, whatever the app, ask for a second factor at every sign-in. */
export function isAlwaysAskedForMfa({ configuration, roles }: Visit): boolean {
  return sessionLimits(configuration, { clientIds: [] }, roles).mfa.value === 'always';
}
