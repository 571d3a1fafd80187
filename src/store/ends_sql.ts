import type { End } from '../domain/facts.ts';

/** The end of one family or session, to be stored. */
export interface EndWrite {
  id: string;
  end: End;
}

/** The ends as rows of a relation `e`, from the parameters that `endValues` gives. */
export const endsFrom = (idType: 'uuid' | 'text'): string =>
  `unnest($1::${idType}[], $2::float8[], $3::text[], $4::integer[], $5::text[], $6::integer[], $7::text[])
     as e (id, at, reason, seconds, policy, policy_version, note)`;

export const endAssignments = `ended_at = from_micros(e.at), end_reason = e.reason, end_limit = e.seconds,
  end_policy = e.policy, end_policy_version = e.policy_version, end_found_at = curfew_now()`;

export function endValues(ends: readonly EndWrite[]): unknown[] {
  return [
    ends.map(({ id }) => id),
    ends.map(({ end }) => end.at),
    ends.map(({ end }) => end.reason),
    ends.map(({ end }) => end.limit ?? null),
    ends.map(({ end }) => end.policy ?? null),
    ends.map(({ end }) => end.policyVersion ?? null),
    ends.map(({ end }) => end.note ?? null),
  ];
}
