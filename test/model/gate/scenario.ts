import type { Account, Client, Policy, PolicyLimits, Scope, World } from './world.ts';

/** What the model and the server both begin with. Limits are few and round, so that moments coincide. */
export const policies: Record<string, Partial<PolicyLimits>> = {
  default: {
    access_token_ttl: 300,
    refresh_idle: 600,
    refresh_absolute: 3600,
    refresh_overlap: 10,
    session_idle: 900,
    session_absolute: 7200,
    mfa: 'step_up',
    mfa_max_age: 300,
    mfa_phishing_resistant: false,
    activity: 'any_refresh',
    max_sessions: 3,
  },
  member: { refresh_idle: 300, refresh_absolute: 1800, session_idle: 600, session_absolute: 3600 },
  admin: { access_token_ttl: 60, refresh_idle: 120, mfa_max_age: 120, max_sessions: 2 },
  portal: { activity: 'reported', refresh_overlap: 3 },
  vault: { refresh_idle: 60, refresh_absolute: 600 },
  secret: { mfa_max_age: 60 },
};

export const roles: Record<string, string | undefined> = {
  member: 'member',
  admin: 'admin',
  auditor: undefined,
};

export const clients: Client[] = [
  { clientId: 'shop', trusted: true, public: false, rotates: true },
  { clientId: 'portal', policy: 'portal', trusted: false, public: false, rotates: true },
  { clientId: 'spa', trusted: false, public: true, rotates: true },
  { clientId: 'steady', trusted: true, public: false, rotates: false },
];

export const api = 'https://api.example.com';
export const vault = 'https://vault.example.com';
export const resources: Record<string, string | undefined> = { [api]: undefined, [vault]: 'vault' };

export const scopes: Scope[] = [
  { name: 'reports.read', resource: api },
  { name: 'payments.write', resource: api, roles: ['admin'], stepUp: { maxAge: 120 } },
  { name: 'sign.write', resource: api, policy: 'secret', stepUp: {} },
  { name: 'notes.read', resource: vault },
  { name: 'audit.read', resource: vault, roles: ['auditor', 'admin'] },
];

/** What apps ask for. */
export const wishes: { scopes: string[]; resources: string[] }[] = [
  { scopes: ['openid'], resources: [] },
  { scopes: ['openid', 'reports.read'], resources: [api] },
  { scopes: ['openid', 'reports.read', 'payments.write'], resources: [api] },
  { scopes: ['openid', 'reports.read', 'sign.write'], resources: [api] },
  { scopes: ['openid', 'notes.read', 'audit.read'], resources: [vault] },
  { scopes: ['openid', 'reports.read', 'payments.write', 'audit.read'], resources: [api, vault] },
];

export function createAccount(...names: string[]): Account {
  return { roles: new Set(names), disabled: false, timeStep: -1, consents: new Map() };
}

export function createWorld(now: number, versions: ReadonlyMap<string, number>, accounts: Account[]): World {
  const start = ([name, limits]: [string, Partial<PolicyLimits>]): [string, Policy] => [
    name,
    { name, version: versions.get(name) ?? 0, limits },
  ];
  return {
    now,
    policies: new Map(Object.entries(policies).map(start)),
    roles: new Map(Object.entries(roles)),
    clients: new Map(clients.map((client) => [client.clientId, { ...client, disabled: false }])),
    resources: new Map(Object.entries(resources)),
    scopes: new Map(scopes.map((scope) => [scope.name, scope])),
    accounts,
    browsers: accounts.flatMap((account) => [{ account }, { account }, { account }]),
    sessions: [],
    families: [],
    codes: [],
    events: [],
  };
}
