import type { Configuration } from '../domain/configuration.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import type { LimitField, Limits } from '../domain/policies.ts';
import { defaultRateLimits } from '../domain/rate_limits.ts';
import type { RateLimit, RateLimitKind } from '../domain/rate_limits.ts';
import { defaultRotateEvery } from '../domain/signing_keys.ts';
import type { Difference, Direction, FieldDifference, Section } from './compare_configurations.ts';
import { effectiveLimits, isStricter } from './effective_limits.ts';

interface Change extends FieldDifference {
  current: Configuration;
  next: Configuration;
}
type Weigh = (change: Change) => Direction | undefined;

/**
 * Say of each changed field which way it leads. A limit that a policy leaves unset counts as that of
 * `default`; a policy that something names is weighed as if it applied alone. What is added or removed
 * whole is not weighed.
 */
export function weighDifferences(
  current: Configuration,
  next: Configuration,
  differences: readonly Difference[],
): Difference[] {
  return differences.map((difference) => {
    if (difference.kind !== 'changed') return difference;
    const fields = difference.fields.map((entry) => {
      const weigh = findWeigh(difference.section, entry.field);
      const direction = weigh?.({ ...entry, current, next });
      return direction ? { ...entry, direction } : entry;
    });
    return { ...difference, fields };
  });
}

function findWeigh(section: Section, field: string): Weigh | undefined {
  if (section === 'policies') return isLimit(field) ? weighLimit : undefined;
  if (section === 'rate_limits') return weighRateLimit;
  if (field === 'policy') return weighPolicy;
  const fields = weighed[section];
  return fields && Object.hasOwn(fields, field) ? fields[field] : undefined;
}

const isLimit = (field: string): field is LimitField => Object.hasOwn(builtInDefaultPolicy.limits, field);

type LimitValues = Record<LimitField, Limits[LimitField]>;

/** Every limit of a policy by itself; of nothing, those of `default`. */
function limitsOf({ policies }: Configuration, name: unknown): LimitValues {
  const fallback = policies.get(builtInDefaultPolicy.name) ?? builtInDefaultPolicy;
  const policy = typeof name === 'string' ? policies.get(name) : undefined;
  const limits = Object.entries(effectiveLimits(policy ? [policy] : [], fallback));
  return Object.fromEntries(limits.map(([field, { value }]) => [field, value])) as LimitValues;
}

function compareLimit(field: LimitField, from: Limits[LimitField], to: Limits[LimitField]) {
  if (isStricter(field, to, from)) return 'stricter';
  return isStricter(field, from, to) ? 'looser' : undefined;
}

function weighLimit({ field, from, to, current, next }: Change): Direction | undefined {
  const limit = field as LimitField;
  const [before, after] = [from ?? limitsOf(current, '')[limit], to ?? limitsOf(next, '')[limit]];
  return compareLimit(limit, before as Limits[LimitField], after as Limits[LimitField]);
}

function weighPolicy({ from, to, current, next }: Change): Direction | undefined {
  const [before, after] = [limitsOf(current, from), limitsOf(next, to)];
  const fields = Object.keys(before) as LimitField[];
  return sum(fields.map((field) => compareLimit(field, before[field], after[field])));
}

function weighRateLimit({ field, from, to }: Change): Direction | undefined {
  const usual = defaultRateLimits[field as RateLimitKind];
  const [before, after] = [(from ?? usual) as RateLimit, (to ?? usual) as RateLimit];
  return sum([fewer(before.most, after.most), fewer(after.seconds, before.seconds)]);
}

function sum(directions: readonly (Direction | undefined)[]): Direction | undefined {
  const found = new Set(directions.filter((direction) => direction !== undefined));
  const [only] = found;
  return found.size > 1 ? 'mixed' : only;
}

const fewer = (from: number, to: number): Direction | undefined =>
  from === to ? undefined : to < from ? 'stricter' : 'looser';

/** Fewer members are stricter; other members are neither. `absent`: what a list that is not there stands for. */
function fewerMembers(absent: 'all' | 'none'): Weigh {
  const all = Symbol('all');
  const members = (value: unknown) => {
    if (value === undefined) return absent === 'all' ? all : new Set<unknown>();
    return new Set<unknown>(
      typeof value === 'string' ? value.split(' ').filter(Boolean) : (value as unknown[]),
    );
  };
  return ({ from, to }) => {
    const [before, after] = [members(from), members(to)];
    if (before === all || after === all) return before === all ? 'stricter' : 'looser';
    if (!(before instanceof Set) || !(after instanceof Set)) return undefined;
    const gone = [...before].filter((member) => !after.has(member)).length;
    const come = [...after].filter((member) => !before.has(member)).length;
    return sum([gone > 0 ? 'stricter' : undefined, come > 0 ? 'looser' : undefined]);
  };
}

/** Values of later steps are stricter; one that is not there is `absent`. */
function ladder(steps: readonly (readonly unknown[])[], absent: unknown): Weigh {
  return ({ from, to }) => {
    const [before, after] = [from, to].map((value) =>
      steps.findIndex((step) => step.includes(value ?? absent)),
    ) as [number, number];
    return before < 0 || after < 0 ? undefined : fewer(after, before);
  };
}

/** The oldest proof that a scope takes: none needed, as the policies say, or at most this. */
const weighStepUp: Weigh = ({ from, to, current, next }) => {
  const maxAge = (value: unknown, configuration: Configuration) => {
    if (value === undefined) return Infinity;
    if (value === true) return limitsOf(configuration, '').mfa_max_age as number;
    return (value as { mfa_max_age: number }).mfa_max_age;
  };
  return fewer(maxAge(from, current), maxAge(to, next));
};

const secondsAtMost: Weigh = ({ from, to }) =>
  fewer((from as number | undefined) ?? Infinity, (to as number | undefined) ?? Infinity);
const isSet = ladder([[false], [true]], false);
const isNotSet = ladder([[true], [false]], false);
const proofs = [['none'], ['client_secret_post', 'client_secret_basic'], ['private_key_jwt']];

/** As the table of keys says which value is stricter. */
const weighed: Partial<Record<Section, Readonly<Record<string, Weigh>>>> = {
  scopes: { roles: fewerMembers('all'), step_up: weighStepUp },
  clients: {
    grant_types: fewerMembers('none'),
    scope: fewerMembers('none'),
    web_origins: fewerMembers('none'),
    token_endpoint_auth_method: ladder(proofs, 'none'),
    dpop_bound_access_tokens: isSet,
    require_pushed_authorization_requests: isSet,
    default_max_age: secondsAtMost,
    trusted: isNotSet,
    disabled: isSet,
    refresh_rotation: ladder([[false], [true]], true),
    lease: isNotSet,
  },
  delivery: { allowed_networks: fewerMembers('none') },
  keys: {
    rotate_every: ({ from, to }) =>
      fewer(
        (from as number | undefined) ?? defaultRotateEvery,
        (to as number | undefined) ?? defaultRotateEvery,
      ),
  },
};
