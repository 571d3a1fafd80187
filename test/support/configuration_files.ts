import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';

/** A configuration file as the value that its YAML stands for. */
export type FileValue = Record<string, unknown>;

const duration = (least: number) =>
  fc
    .tuple(fc.integer({ min: least, max: 400 }), fc.constantFrom('s', 'm', 'h', 'd'))
    .map(([count, unit]) => `${count}${unit}`);

/** Names that YAML could take for something else, or that an object already has. */
const names = fc.constantFrom(
  'member',
  'admin',
  '007',
  'true',
  'null',
  '1e3',
  'constructor',
  'a.b:c/d-e',
  'Yes',
);
const scopeNames = fc.constantFrom(
  'orders.read',
  'orders:write',
  '__proto__',
  '~',
  '#all',
  '&x',
  '!',
  '1',
  '-',
);
const lines = fc.constantFrom(
  'See orders',
  ': # not a comment',
  "it's",
  '"quoted"',
  'Straße 中文 🙂',
  'null',
  '-',
  '07',
);
const addresses = fc.constantFrom(
  'https://api.example.com',
  'https://example.com/a?b=c,d',
  'http://localhost:9/x',
  'http://[::1]:1/cb',
);
const some = <Value>(values: readonly Value[]) =>
  fc.subarray([...values], { minLength: Math.min(1, values.length) });
/** Keys that are left out now and then. */
const optional = <Values>(shape: { [Key in keyof Values]: Arbitrary<Values[Key]> }) =>
  fc.record<Values, never>(shape, { requiredKeys: [] });

const limits = optional({
  access_token_ttl: duration(1),
  refresh_idle: duration(1),
  refresh_absolute: duration(1),
  refresh_overlap: duration(0),
  session_idle: duration(1),
  session_absolute: duration(1),
  mfa: fc.constantFrom('none', 'step_up', 'always'),
  mfa_max_age: duration(1),
  activity: fc.constantFrom('any_refresh', 'reported'),
  max_sessions: fc.integer({ min: 1, max: 10_000 }),
  lease_max: duration(0),
  baselines: fc.subarray(['pci-dss-4.0.1', 'nist-63b4-aal2']),
});

const settings = {
  branding: optional({ name: lines, logo_uri: fc.constant('https://example.com/logo.png') }),
  rate_limits: optional({
    sign_in_address: fc.record({ most: fc.integer({ min: 1, max: 1_000_000 }), per: duration(1) }),
    sign_in_account: fc.record(
      { most: fc.integer({ min: 1, max: 9 }), per: duration(1), longest: duration(1) },
      { requiredKeys: ['most', 'per'] },
    ),
    known_devices: fc.record({ most: fc.integer({ min: 1, max: 9 }), per: duration(1) }),
    token_client: fc.record({ most: fc.integer({ min: 1, max: 9 }), per: duration(1) }),
  }),
  delivery: optional({ allowed_networks: fc.subarray(['10.0.0.0/8', 'fd00::/8']) }),
  audit: optional({ retention: fc.integer({ min: 30, max: 9000 }).map((days) => `${days}d`) }),
  keys: optional({
    rotate_every: fc.integer({ min: 1, max: 900 }).map((days) => `${days}d`),
    jwks_max_age: fc.constant('15m'),
  }),
};

const jwks = { keys: [{ kty: 'EC', crv: 'P-256', x: 'AQ', y: 'Ag', use: 'sig', kid: 'one' }] };
/** How a client proves who it is. */
const proofs = fc.oneof(
  fc.constant({}),
  fc.stringMatching(/^[0-9a-f]{64}$/).map((hash) => ({ client_secret_sha256: hash })),
  fc.constant({ jwks }),
  fc.constant({ jwks_uri: 'https://app.example.com/jwks' }),
);

function clientsOf(policies: readonly string[], scopes: readonly string[]) {
  const client = fc
    .record({
      proof: proofs,
      more: optional({
        client_name: lines,
        contacts: fc.subarray(['ops@example.com', 'security@example.com']),
        post_logout_redirect_uris: fc.uniqueArray(addresses, { maxLength: 2 }),
        id_token_signed_response_alg: fc.constantFrom('ES256', 'RS256'),
        backchannel_logout_uri: fc.constant('https://app.example.com/logout'),
        dpop_bound_access_tokens: fc.boolean(),
        require_auth_time: fc.boolean(),
        default_max_age: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        policy: fc.constantFrom('default', ...policies),
        web_origins: fc.subarray(['https://app.example.com', 'http://localhost:8080']),
        trusted: fc.boolean(),
        scope: fc.subarray(['openid', 'offline_access', ...scopes]).map((list) => list.join(' ')),
      }),
      redirects: fc.uniqueArray(addresses, { minLength: 1, maxLength: 3 }),
      forItself: fc.boolean(),
      wantsLease: fc.boolean(),
      keepsToken: fc.boolean(),
    })
    .map(({ proof, more, redirects, forItself, wantsLease, keepsToken }) => {
      const isConfidential = Object.keys(proof).length > 0;
      if (forItself && isConfidential) return { ...proof, ...more, grant_types: ['client_credentials'] };
      const isBound = isConfidential && more.dpop_bound_access_tokens === true;
      return {
        ...proof,
        ...more,
        redirect_uris: redirects,
        ...(wantsLease && isConfidential && more.scope === undefined ? { lease: true } : {}),
        ...(keepsToken && isBound ? { refresh_rotation: false } : {}),
      };
    });
  return fc.dictionary(
    fc.constantFrom('shop', 'portal', '#1', 'null', '{a}', 'https://app.example.com'),
    client,
    {
      noNullPrototype: true,
    },
  );
}

/** Files without faults that have every section but `users`; the same client has the same kind of secret. */
export const configurationFiles: Arbitrary<FileValue> = fc
  .dictionary(
    fc.oneof({ weight: 5, arbitrary: names }, { weight: 1, arbitrary: fc.constant('default') }),
    limits,
    {
      noNullPrototype: true,
    },
  )
  .chain((policies) => {
    const policy = fc.constantFrom('default', ...Object.keys(policies));
    return fc.record({
      policies: fc.constant(policies),
      roles: fc.dictionary(names, optional({ policy }), { noNullPrototype: true }),
      scopeNames: fc.uniqueArray(scopeNames),
    });
  })
  .chain(({ policies, roles, scopeNames: scopes }) => {
    const policy = fc.constantFrom('default', ...Object.keys(policies));
    const stepUp = fc.oneof(fc.constant(true), optional({ mfa_max_age: duration(1) }));
    const conditions = { policy, step_up: stepUp };
    const hasRoles = Object.keys(roles).length > 0;
    const scope = fc.record(
      { description: lines, ...conditions, ...(hasRoles ? { roles: some(Object.keys(roles)) } : {}) },
      { requiredKeys: ['description'] },
    );
    return fc
      .record({
        scopes: fc.tuple(...scopes.map((name) => scope.map((entry): [string, unknown] => [name, entry]))),
        resources: fc.dictionary(
          fc.constantFrom('https://api.example.com', 'urn:example:api', 'https://example.com/a?b=c,d'),
          fc.record({ scopes: fc.subarray(scopes), policy }, { requiredKeys: ['scopes'] }),
          { noNullPrototype: true },
        ),
        clients: clientsOf(Object.keys(policies), scopes),
        deviations: fc.dictionary(
          names,
          fc.record(
            {
              requirement: fc.constantFrom('pci-dss-4.0.1/idle', 'nist-63b4-aal2/idle'),
              policy,
              reason: lines,
              until: fc.constantFrom('2027-06-30', '2031-01-01'),
            },
            { requiredKeys: ['requirement', 'reason', 'until'] },
          ),
          { noNullPrototype: true },
        ),
        settings: fc.record(settings),
      })
      .map(
        (parts): FileValue => ({
          policies,
          roles,
          // `Object.fromEntries` defines, so that `__proto__` is a key like any other.
          scopes: Object.fromEntries(parts.scopes),
          resources: parts.resources,
          clients: Object.entries(parts.clients).map(([clientId, client]) => ({
            client_id: clientId,
            ...client,
          })),
          deviations: parts.deviations,
          ...parts.settings,
        }),
      );
  });
