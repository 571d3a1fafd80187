import { describeDuration } from '../domain/durations.ts';
import type { LimitField, Limits } from '../domain/policies.ts';

const labels: Readonly<Record<LimitField, string>> = {
  session_idle: 'Session: idle limit',
  session_absolute: 'Session: absolute limit',
  refresh_idle: 'App access: idle limit',
  refresh_absolute: 'App access: absolute limit',
  refresh_overlap: 'App access: overlap of refresh tokens',
  access_token_ttl: 'Access token: lifetime',
  mfa: 'Second factor',
  mfa_phishing_resistant: 'Second factor: passkeys alone',
  mfa_max_age: 'Second factor: how long one proof serves',
  enrolment: 'Second factor: setting up the first',
  activity: 'What counts as activity',
  max_sessions: 'Sessions at once',
  lease_max: 'Longest lease',
};
/** The values of limits that are no numbers, in words. */
export const limitChoices: Partial<Record<LimitField, readonly { value: string; label: string }[]>> = {
  mfa: [
    { value: 'none', label: 'Never asked for by the policy' },
    { value: 'step_up', label: 'Where a scope asks for it' },
    { value: 'always', label: 'At every sign-in' },
  ],
  mfa_phishing_resistant: [
    { value: 'true', label: 'Yes' },
    { value: 'false', label: 'No, a code will do' },
  ],
  enrolment: [
    { value: 'open', label: 'With the password' },
    { value: 'invited', label: "By an operator's invitation" },
  ],
  activity: [
    { value: 'any_refresh', label: 'Any refresh' },
    { value: 'reported', label: 'Only what the app reports' },
  ],
};

/** Every limit, in the order in which people are shown them. */
export const limitFields = Object.keys(labels) as LimitField[];

export const labelOf = (field: LimitField): string => labels[field];

/** A limit in words; undefined: the policy does not set it. */
export function describeLimitValue(field: LimitField, limits: Partial<Limits>): string | undefined {
  const value = limits[field];
  return value === undefined ? undefined : describeLimit(field, value);
}

/** A value of a limit in words. */
export function describeLimit(field: LimitField, value: Limits[LimitField]): string {
  const choice = limitChoices[field]?.find((one) => one.value === String(value));
  if (choice) return choice.label;
  return field === 'max_sessions' ? String(value) : describeDuration(Number(value), 4);
}
