import { z } from 'zod';
import { formatDuration } from '../../domain/durations.ts';
import { builtInDefaultPolicy } from '../../domain/policies.ts';
import type { DurationField, LimitField, Policy } from '../../domain/policies.ts';
import { mapSection } from '../section.ts';
import { durationSchema } from './durations.ts';
import { listSchema, nameSchema } from './names.ts';

const builtIn = builtInDefaultPolicy.limits;
const mostSessions = 10_000;

function limit(field: DurationField, description: string, least: 0 | 1 = 1) {
  const usual = `\`${formatDuration(builtIn[field])}\``;
  return durationSchema(least)
    .meta({ description, 'x-stricter': 'shorter', 'x-default': usual })
    .exactOptional();
}

const limitSchemas = {
  access_token_ttl: limit(
    'access_token_ttl',
    'How long an access token is valid, never beyond the absolute limit.',
  ),
  refresh_idle: limit('refresh_idle', 'No activity for this long ends the refresh-token family.'),
  refresh_absolute: limit('refresh_absolute', 'The family ends this long after it was first issued.'),
  refresh_overlap: limit(
    'refresh_overlap',
    'For this long a rotated refresh token may be retried; `0s`: never.',
    0,
  ),
  session_idle: limit('session_idle', 'No activity for this long ends the browser session.'),
  session_absolute: limit('session_absolute', 'The browser session ends this long after the sign-in.'),
  mfa: z
    .enum(['none', 'step_up', 'always'])
    .meta({
      description:
        'Whether a second factor is needed: never, where a scope asks for it, or at every sign-in.',
      'x-stricter': '`always`, then `step_up`',
      'x-default': `\`${builtIn.mfa}\``,
    })
    .exactOptional(),
  mfa_phishing_resistant: z
    .boolean()
    .meta({
      description:
        'Whether, where a second factor is asked for, only a passkey will do: a code can be given away on a look-alike of the page.',
      'x-stricter': '`true`',
      'x-default': `\`${builtIn.mfa_phishing_resistant}\``,
    })
    .exactOptional(),
  mfa_max_age: limit('mfa_max_age', 'How long one proof of a second factor opens step-up scopes.'),
  enrolment: z
    .enum(['open', 'invited'])
    .meta({
      description:
        "Whether anybody with the password may set up the account's first second factor, or only somebody who chose it by an operator's link within the last hour.",
      'x-stricter': '`invited`',
      'x-default': `\`${builtIn.enrolment}\``,
    })
    .exactOptional(),
  activity: z
    .enum(['any_refresh', 'reported'])
    .meta({
      description: 'Whether any refresh counts as activity, or only what the client reports.',
      'x-stricter': '`reported`',
      'x-default': `\`${builtIn.activity}\``,
    })
    .exactOptional(),
  max_sessions: z
    .int()
    .min(1)
    .max(mostSessions)
    .meta({
      description: 'How many sessions an account may have at once; the least recently active one goes.',
      'x-stricter': 'fewer',
      'x-default': `\`${builtIn.max_sessions}\``,
    })
    .exactOptional(),
  lease_max: limit('lease_max', 'The longest lease, during which the idle limit rests; `0s`: none.', 0),
} satisfies Record<LimitField, z.ZodType>;

/** A policy as the file and the API have it; durations as text such as `30m`. */
export const policySchema = z.strictObject({
  ...limitSchemas,
  baselines: listSchema(nameSchema).default([]).meta({
    description: 'Ids of the baselines that the policy claims; `curfew report compliance` holds it to them.',
  }),
});

/** `default` may set some fields; the others keep their built-in values. */
export const policies = mapSection({
  description: 'Bundles of limits. Of those that apply, the strictest value of each field holds.',
  name: nameSchema,
  entry: policySchema,
  build({ baselines, ...limits }, name): Pick<Policy, 'limits' | 'baselines'> {
    return { limits: name === builtInDefaultPolicy.name ? { ...builtIn, ...limits } : limits, baselines };
  },
  write({ limits, baselines }: Pick<Policy, 'limits' | 'baselines'>) {
    const entries = Object.keys(limitSchemas).flatMap((field): [string, unknown][] => {
      const value = limits[field as LimitField];
      if (value === undefined) return [];
      return [[field, typeof value === 'number' && field !== 'max_sessions' ? formatDuration(value) : value]];
    });
    return { ...Object.fromEntries(entries), ...(baselines.length > 0 ? { baselines: [...baselines] } : {}) };
  },
});
