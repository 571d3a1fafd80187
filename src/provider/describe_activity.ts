import type { GrantedRefresh } from '../policy/evaluate_refresh.ts';

/** What the trail tells of activity: nothing where the refresh itself is it. Seconds ago; null: it was none. */
export function describeActivity(
  { inactiveFor, sessionInactiveFor }: Pick<GrantedRefresh, 'inactiveFor' | 'sessionInactiveFor'>,
  bound: boolean,
): Record<string, number | null> {
  if (inactiveFor === 0 && (!bound || sessionInactiveFor === 0)) return {};
  return {
    inactive_for: inactiveFor ?? null,
    ...(bound ? { session_inactive_for: sessionInactiveFor ?? null } : {}),
  };
}
