import { describeDuration } from '../domain/durations.ts';
import type { Difference, FieldDifference, Section } from '../policy/compare_configurations.ts';

/** What a field of an entry was and became, in words; of secrets only that they changed. */
export function describeField({ section, kind }: Difference, { field, from, to }: FieldDifference): string {
  if (field === 'secret') return kind === 'added' ? 'set' : 'changed';
  if (field === 'jwks') return to === undefined ? 'removed' : kind === 'added' ? 'set' : 'changed';
  if (kind === 'added') return describeValue(section, field, to);
  const [before, after] = [listMembers(field, from), listMembers(field, to)];
  if (before && after && before.length + after.length > 2) return describeMembers(before, after);
  return `${describeValue(section, field, from)} → ${describeValue(section, field, to)}`;
}

/** The members of a list, or of a text that is one. */
function listMembers(field: string, value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.map(String);
  return field === 'scope' && typeof value === 'string' ? value.split(' ') : undefined;
}

/** What came and what went; where neither did, the order changed. */
function describeMembers(before: readonly string[], after: readonly string[]): string {
  const gone = before.filter((member) => !after.includes(member)).map((member) => `- ${member}`);
  const come = after.filter((member) => !before.includes(member)).map((member) => `+ ${member}`);
  return [...gone, ...come].join(', ') || `in another order: ${after.join(', ')}`;
}

const plainNumbers = new Set(['max_sessions']);

/** A value of the configuration in words; numbers are seconds. */
export function describeValue(section: Section, field: string, value: unknown): string {
  if (value === undefined) return 'unset';
  if (typeof value === 'number') {
    return plainNumbers.has(field) ? String(value) : describeDuration(value, 4);
  }
  if (section === 'rate_limits') {
    const { most, seconds } = value as { most: number; seconds: number };
    return `${most} per ${describeDuration(seconds, 4)}`;
  }
  if (field === 'step_up') {
    const { mfa_max_age: maxAge } = value as { mfa_max_age?: number };
    return maxAge === undefined ? 'as the policies say' : `at most ${describeDuration(maxAge, 4)} old`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
