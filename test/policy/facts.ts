import type {
  ClientDefinition,
  Configuration,
  ResourceDefinition,
  Role,
  ScopeDefinition,
} from '../../src/domain/configuration.ts';
import type { AccountFacts, FamilyFacts, SessionFacts } from '../../src/domain/facts.ts';
import type { Instant } from '../../src/domain/instants.ts';
import { builtInDefaultPolicy } from '../../src/domain/policies.ts';
import type { EffectiveLimits, Limits, Policy } from '../../src/domain/policies.ts';
import { effectiveLimits } from '../../src/policy/effective_limits.ts';
import type { RefreshFacts, RefreshRequest } from '../../src/policy/evaluate_refresh.ts';

/** Not a whole second, so that rounding would show. */
export const start: Instant = 1_700_000_000_123_457;
export const second = 1_000_000;
/** The moment so many seconds after `start`. */
export const after = (seconds: number): Instant => start + seconds * second;

/** Moments about a limit, and whether it is over then. */
export const momentsAround = (limit: Instant): { when: string; now: Instant; over: boolean }[] => [
  { when: 'one second before', now: limit - second, over: false },
  { when: 'one microsecond before', now: limit - 1, over: false },
  { when: 'at the very moment', now: limit, over: true },
  { when: 'one microsecond after', now: limit + 1, over: true },
  { when: 'one second after', now: limit + second, over: true },
];

export const policy = (name: string, limits: Partial<Limits> = {}, version = 1): Policy => ({
  name,
  version,
  limits,
  baselines: [],
});

/** Limits in force, all of policy `p`, version 7, where they are given. */
export const limitsOf = (limits: Partial<Limits>): EffectiveLimits =>
  effectiveLimits([policy('p', limits, 7)], builtInDefaultPolicy);

export const client = (
  clientId: string,
  more: Partial<Omit<ClientDefinition, 'clientId'>> = {},
): ClientDefinition => ({
  clientId,
  metadata: {},
  trusted: false,
  refreshRotation: true,
  webOrigins: [],
  disabled: false,
  ...more,
});

export interface Parts {
  policies?: readonly Policy[];
  roles?: readonly Role[];
  scopes?: readonly (Omit<ScopeDefinition, 'description'> & { description?: string })[];
  resources?: readonly ResourceDefinition[];
  clients?: readonly ClientDefinition[];
}

export const configurationOf = (parts: Parts): Configuration => ({
  version: 1,
  policies: new Map((parts.policies ?? []).map((entry) => [entry.name, entry])),
  roles: new Map((parts.roles ?? []).map((entry) => [entry.name, entry])),
  scopes: new Map(
    (parts.scopes ?? []).map((entry) => [entry.name, { description: `May ${entry.name}`, ...entry }]),
  ),
  resources: new Map((parts.resources ?? []).map((entry) => [entry.identifier, entry])),
  clients: new Map((parts.clients ?? []).map((entry) => [entry.clientId, entry])),
});

export const account = (more: Partial<AccountFacts> = {}): AccountFacts => ({
  accountId: 'ada',
  version: 1,
  roles: ['member'],
  disabled: false,
  ...more,
});

export const session = (more: Partial<SessionFacts> = {}): SessionFacts => ({
  sessionId: 's',
  accountId: 'ada',
  clientIds: ['shop'],
  startedAt: start,
  lastActivityAt: start,
  ...more,
});

export const family = (more: Partial<FamilyFacts> = {}): FamilyFacts => ({
  familyId: 'f',
  accountId: 'ada',
  clientId: 'shop',
  sessionId: 's',
  bound: true,
  scopes: ['openid', 'reports.read'],
  resources: [],
  startedAt: start,
  lastActivityAt: start,
  ...more,
});

export const memberLimits = {
  refresh_idle: 1800,
  refresh_absolute: 28_800,
  refresh_overlap: 10,
  session_idle: 3600,
  session_absolute: 43_200,
  mfa: 'none',
  mfa_max_age: 300,
  activity: 'any_refresh',
} as const;

/** What `refreshFacts` is judged by: `guarded` wants MFA always, `reporting` counts only what clients report. */
export const parts = {
  policies: [
    policy('member', memberLimits, 3),
    policy('guarded', { mfa: 'always' }),
    policy('reporting', { activity: 'reported' }),
  ],
  roles: [{ name: 'member', policy: 'member' }, { name: 'guarded', policy: 'guarded' }, { name: 'cashier' }],
  scopes: [
    { name: 'reports.read' },
    { name: 'payments.write', roles: ['cashier'] },
    { name: 'vault.open', stepUp: {} },
  ],
  resources: [{ identifier: 'https://reporting.example', scopes: [], policy: 'reporting' }],
  clients: [client('shop'), client('kiosk', { policy: 'reporting' })],
} satisfies Parts;

/** A refresh that passes, a minute after its family and session began. */
export const refreshFacts = (more: Partial<RefreshFacts> = {}): RefreshFacts => ({
  now: after(60),
  configuration: configurationOf(parts),
  account: account(),
  family: family(),
  session: session(),
  token: { successorUnused: true, retries: 0 },
  ...more,
});

export const refreshRequest = (more: Partial<RefreshRequest> = {}): RefreshRequest => ({
  clientId: 'shop',
  ...more,
});
