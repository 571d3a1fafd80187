import { describeDuration } from '../domain/durations.ts';
import type { LimitCandidate, LimitExplanation } from '../policy/explain_limits.ts';
import type { ScopeObstacle } from '../policy/explain_scopes.ts';
import { describeLimit, labelOf } from './describe_limit.ts';
import type { ExplainedAccess, ExplainedScope } from './explain_access.ts';

/** A candidate in words. */
export interface DescribedCandidate {
  /** The policy and its version, or the scope itself. */
  who: string;
  policy?: string;
  /** What brings the policy. */
  sources: string;
  value: string;
  won: boolean;
  /** Why it lost; '' for the winner. */
  why: string;
}

export interface DescribedLimit {
  label: string;
  value: string;
  winner: DescribedCandidate | undefined;
  losers: DescribedCandidate[];
}

export interface DescribedAccess {
  who: string;
  /** Why nothing is granted at all. */
  warnings: string[];
  notes: string[];
  scopes: { name: string; outcome: string; granted: boolean }[];
  groups: { heading: string; limits: DescribedLimit[] }[];
}

/** The explanation in words, for a terminal and for pages alike. */
export function describeAccess(access: ExplainedAccess): DescribedAccess {
  const { scopes, session, tokens, account } = access;
  const stepUps = scopes.flatMap(({ name, stepUp }) =>
    stepUp ? [describeOne(stepUp, `Second factor for ${name}: how long one proof serves`)] : [],
  );
  const groups = [
    { heading: 'Session in the browser', limits: session.map((limit) => describeOne(limit)) },
    {
      heading: account ? 'Access of the app' : 'Access of the app for itself',
      limits: tokens.map((limit) => describeOne(limit)),
    },
    { heading: 'Scopes that take a second factor', limits: stepUps },
  ];
  return {
    who: describeWho(access),
    warnings: listWarnings(access),
    notes: listNotes(access),
    scopes: scopes.map((scope) => ({
      name: scope.name,
      outcome: describeScope(scope),
      granted: scope.obstacle === undefined,
    })),
    groups: groups.filter(({ limits }) => limits.length > 0),
  };
}

function describeWho({ account, client, resources }: ExplainedAccess): string {
  const person = account && `${account.username}, ${describeRoles(account.roles)}`;
  const app = client && (account ? `at ${client.clientId}` : `${client.clientId}, acting for itself`);
  return [person, app, resources.length > 0 && `for ${resources.join(' and ')}`].filter(Boolean).join(', ');
}

function describeRoles(roles: readonly string[]): string {
  if (roles.length === 0) return 'without a role';
  return `${roles.length === 1 ? 'with the role' : 'with the roles'} ${roles.join(', ')}`;
}

function listWarnings({ account, client }: ExplainedAccess): string[] {
  return [
    ...(account?.disabled ? ['The account is disabled: nothing is granted.'] : []),
    ...(client?.disabled ? ['The app is disabled: nothing is granted.'] : []),
  ];
}

function listNotes({ session, tokens }: ExplainedAccess): string[] {
  const idle = [session, tokens].map((limits) => limits.find(({ field }) => field.endsWith('_idle'))?.value);
  const isCut = Number(idle[0]) < Number(idle[1]);
  return [
    ...(isCut
      ? [
          `Without offline access, an app's access ends with the session: without activity after ${describeDuration(Number(idle[0]), 4)}.`,
        ]
      : []),
    ...(session.length > 0 ? ['Other apps in the same session may make its limits stricter.'] : []),
  ];
}

const obstacles: Readonly<Record<ScopeObstacle, string>> = {
  resource_missing: 'no resource that is asked for has it',
  resource_unclear: 'several resources have it; name one',
  not_registered: 'the app has not registered it',
  role_missing: 'it takes',
  for_clients_alone: 'it is for apps that act for themselves',
  for_people_alone: 'it is for people',
};

function describeScope({ obstacle, roles, resource, stepUp }: ExplainedScope): string {
  if (obstacle) {
    const only = roles?.length === 1 ? 'the role' : 'one of the roles';
    const whose = obstacle === 'role_missing' && roles ? ` ${only} ${roles.join(', ')}` : '';
    return `Not granted: ${obstacles[obstacle]}${whose}`;
  }
  const where = resource === undefined ? '' : ` at ${resource}`;
  const proof =
    stepUp && `, with a second factor proved less than ${describeDuration(Number(stepUp.value), 4)} ago`;
  return `Granted${where}${proof ?? ''}`;
}

function describeOne({ field, value, candidates }: LimitExplanation, label = labelOf(field)): DescribedLimit {
  // What does not set it has lost nothing.
  const setting = candidates.filter(({ outcome }) => outcome !== 'not_set');
  const described = setting.map((candidate) => describeCandidate(field, candidate));
  return {
    label,
    value: describeLimit(field, value),
    winner: described.find(({ won }) => won),
    losers: described.filter(({ won }) => !won),
  };
}

const reasons: Readonly<Record<LimitCandidate['outcome'], string>> = {
  won: '',
  less_strict: 'less strict',
  as_strict: 'as strict, but named later',
  not_set: 'does not set it',
  fallback: 'counts only where nothing else sets it',
};

function describeCandidate(
  field: LimitExplanation['field'],
  { policy, version, sources, value, outcome }: LimitCandidate,
): DescribedCandidate {
  const brought = sources.map(({ kind, name }) => `${kind === 'client' ? 'app' : kind} ${name}`).join(', ');
  const isBuiltIn = policy === 'default' && version === 0;
  return {
    ...(policy === undefined ? {} : { policy }),
    who:
      policy === undefined
        ? `the ${brought} itself`
        : `${policy}, ${isBuiltIn ? 'built in' : `version ${version}`}`,
    sources: policy === undefined ? '' : brought,
    value: value === undefined ? '' : describeLimit(field, value),
    won: outcome === 'won',
    why: reasons[outcome],
  };
}

/** The explanation as lines for a terminal. */
export function renderAccessText(access: ExplainedAccess): string {
  const { who, warnings, notes, scopes, groups } = describeAccess(access);
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));
  const scopeWidth = widest(scopes.map(({ name }) => name));
  const limits = groups.flatMap(({ limits: own }) => own);
  const labelWidth = widest(limits.map(({ label }) => label));
  const valueWidth = widest(limits.map(({ value }) => value));
  const name = ({ who: of, sources }: DescribedCandidate) => (sources === '' ? of : `${of} (${sources})`);
  const blocks = [
    [who],
    warnings,
    scopes.length > 0
      ? ['Scopes', ...scopes.map((scope) => `  ${scope.name.padEnd(scopeWidth)}  ${scope.outcome}`)]
      : [],
    ...groups.map(({ heading, limits: own }) => [
      heading,
      ...own.flatMap(({ label, value, winner, losers }) => [
        `  ${label.padEnd(labelWidth)}  ${value.padEnd(valueWidth)}  ${winner ? name(winner) : ''}`.trimEnd(),
        ...losers.map(
          (loser) => `      not ${[loser.value, name(loser), loser.why].filter(Boolean).join(' · ')}`,
        ),
      ]),
    ]),
    notes,
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
