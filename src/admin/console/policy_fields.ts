import { policySchema } from '../../config/schema/policies.ts';
import { describeDuration, formatDuration } from '../../domain/durations.ts';
import type { LimitField, Limits, Policy } from '../../domain/policies.ts';
import type { PolicyFieldProps } from '../../../views/console/policy_form.ts';
import { longestAllowed } from '../../policy/baselines/longest_allowed.ts';
import type { WrittenPolicy } from '../desire_policy.ts';

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
  activity: 'What counts as activity',
  max_sessions: 'Sessions at once',
  lease_max: 'Longest lease',
};
const choices: Partial<Record<LimitField, readonly { value: string; label: string }[]>> = {
  mfa: [
    { value: 'none', label: 'Never asked for by the policy' },
    { value: 'step_up', label: 'Where a scope asks for it' },
    { value: 'always', label: 'At every sign-in' },
  ],
  mfa_phishing_resistant: [
    { value: 'true', label: 'Yes' },
    { value: 'false', label: 'No, a code will do' },
  ],
  activity: [
    { value: 'any_refresh', label: 'Any refresh' },
    { value: 'reported', label: 'Only what the app reports' },
  ],
};
export const limitFields = Object.keys(labels) as LimitField[];
const durations = [
  'session_idle',
  'session_absolute',
  'refresh_idle',
  'refresh_absolute',
  'access_token_ttl',
  'mfa_max_age',
] as const;

/** What a limit means, as the table of keys has it. */
export function meaningOf(field: LimitField): string {
  return (policySchema.shape[field].unwrap().meta()?.description ?? '').replaceAll('`', '');
}

export const labelOf = (field: LimitField): string => labels[field];

/** A limit in words; undefined: the policy does not set it. */
export function describeLimitValue(field: LimitField, limits: Partial<Limits>): string | undefined {
  const value = limits[field];
  if (value === undefined) return undefined;
  const choice = choices[field]?.find((one) => one.value === String(value));
  if (choice) return choice.label;
  return field === 'max_sessions' ? String(value) : describeDuration(Number(value), 4);
}

/** A limit as the form and the configuration file have it; '' where it is not set. */
export function writeLimit(field: LimitField, limits: Partial<Limits>): string {
  const value = limits[field];
  if (value === undefined) return '';
  return typeof value === 'number' && field !== 'max_sessions' ? formatDuration(value) : String(value);
}

/** The fields of the form. */
export function describePolicyFields(
  texts: Readonly<Record<string, string>>,
  fault: { field: string; text: string } | undefined,
): PolicyFieldProps[] {
  return limitFields.map((field) => ({
    name: field,
    label: labels[field],
    hint: meaningOf(field),
    value: texts[field] ?? '',
    choices: choices[field],
    error: fault?.field === field ? fault.text : undefined,
  }));
}

/** What the form says, read as the configuration file is read; or the first field that is wrong. */
export function readPolicyEntry(
  texts: Readonly<Record<string, string>>,
  baselines: readonly string[],
): { policy: WrittenPolicy } | { fault: { field: string; text: string } } {
  const entry: Record<string, unknown> = { baselines: [...baselines] };
  for (const field of limitFields) {
    const text = texts[field] ?? '';
    if (text === '') continue;
    if (field === 'max_sessions') entry[field] = Number(text);
    else entry[field] = field === 'mfa_phishing_resistant' ? text === 'true' : text;
  }
  const parsed = policySchema.safeParse(entry);
  if (parsed.success) return { policy: parsed.data };
  const [issue] = parsed.error.issues;
  const field = String(issue?.path[0] ?? '');
  const label = labels[field as LimitField] ?? 'Baselines';
  return { fault: { field, text: `${label}: ${issue?.message ?? 'is not valid'}` } };
}

/** The longest limits that a baseline allows. */
export function limitsOfBaseline(id: string): Partial<Policy['limits']> {
  return Object.fromEntries(
    durations.flatMap((field) => {
      const allowed = longestAllowed(field, [id]);
      return allowed ? [[field, allowed.seconds]] : [];
    }),
  );
}
