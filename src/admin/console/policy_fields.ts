import { policySchema } from '../../config/schema/policies.ts';
import { formatDuration } from '../../domain/durations.ts';
import type { LimitField, Limits, Policy } from '../../domain/policies.ts';
import type { PolicyFieldProps } from '../../../views/console/policy_form.ts';
import { labelOf, limitChoices, limitFields } from '../../reports/describe_limit.ts';
import { longestAllowed } from '../../policy/baselines/longest_allowed.ts';
import type { WrittenPolicy } from '../desire_policy.ts';

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
    label: labelOf(field),
    hint: meaningOf(field),
    value: texts[field] ?? '',
    choices: limitChoices[field],
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
  const label = limitFields.find((one) => one === field);
  return {
    fault: { field, text: `${label ? labelOf(label) : 'Baselines'}: ${issue?.message ?? 'is not valid'}` },
  };
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
