import type { Account, Family, Limit, Moment, PolicyField, PolicyLimits, Session, World } from './world.ts';

const strictness: Partial<Record<PolicyField, unknown[]>> = {
  mfa_phishing_resistant: [false, true],
  mfa: ['none', 'step_up', 'always'],
  activity: ['any_refresh', 'reported'],
};

/** Whom a question of limits is about. */
export interface Subject {
  roles: Iterable<string>;
  clients: Iterable<string>;
  resources?: Iterable<string>;
  scopes?: Iterable<string>;
}

export function familySubject({ account, client, resources, scopes }: FamilySubject): Subject {
  return { roles: account.roles, clients: [client], resources, scopes };
}
type FamilySubject = Pick<Family, 'account' | 'client' | 'resources' | 'scopes'>;

export function sessionSubject({
  account,
  clients,
}: Pick<Session, 'clients'> & { account: Account }): Subject {
  return { roles: account.roles, clients };
}

/** The strictest value of a field among the policies that apply; what none of them sets is the default's. */
export function limitOf<Field extends PolicyField>(
  world: World,
  subject: Subject,
  field: Field,
): { value: PolicyLimits[Field]; sources: string[] } {
  const setters = [...policyNames(world, subject)].filter(
    (name) => world.policies.get(name)?.limits[field] !== undefined,
  );
  const ranked = (setters.length > 0 ? setters : ['default']).map((name) => {
    const policy = world.policies.get(name);
    const value = policy?.limits[field] as PolicyLimits[Field];
    return { value, rank: rankOf(field, value), source: `${name} ${policy?.version}` };
  });
  const strictest = Math.min(...ranked.map(({ rank }) => rank));
  const winners = ranked.filter(({ rank }) => rank === strictest);
  return { value: winners[0]?.value as PolicyLimits[Field], sources: winners.map(({ source }) => source) };
}

/** Smaller is stricter. */
function rankOf(field: PolicyField, value: unknown): number {
  const ladder = strictness[field];
  return ladder ? -ladder.indexOf(value) : (value as number);
}

function policyNames(world: World, subject: Subject): Set<string> {
  const named = [
    ...[...subject.roles].map((role) => world.roles.get(role)),
    ...[...subject.clients].map((client) => world.clients.get(client)?.policy),
    ...[...(subject.resources ?? [])].map((resource) => world.resources.get(resource)),
    ...[...(subject.scopes ?? [])].map((scope) => world.scopes.get(scope)?.policy),
  ];
  return new Set(named.filter((name) => name !== undefined));
}

/** The smaller of two limits; of equal ones both. */
export function smaller(a: Limit, b: Limit): Limit {
  if (a.value !== b.value) return a.value < b.value ? a : b;
  return { value: a.value, sources: [...new Set([...a.sources, ...b.sources])] };
}

export function hasRoleFor(world: World, account: Account, scope: string): boolean {
  const roles = world.scopes.get(scope)?.roles;
  return !roles || roles.some((role) => account.roles.has(role));
}

/** The oldest proof of a second factor that opens a scope, in seconds; undefined: it needs none. */
export function mfaAgeFor(world: World, subject: Subject, scope: string): number | undefined {
  const stepUp = world.scopes.get(scope)?.stepUp;
  if (!stepUp) return undefined;
  return Math.min(stepUp.maxAge ?? Infinity, limitOf(world, subject, 'mfa_max_age').value);
}

/** When the second factor that counts was proved: any, or a passkey where the policies want one. */
export function proofOf(
  world: World,
  subject: Subject,
  { mfaAt, passkeyAt }: { mfaAt?: Moment | undefined; passkeyAt?: Moment | undefined },
): Moment | undefined {
  return limitOf(world, subject, 'mfa_phishing_resistant').value ? passkeyAt : mfaAt;
}
