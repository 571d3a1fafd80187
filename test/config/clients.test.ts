import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ClientDefinition } from '../../src/domain/configuration.ts';
import { faultsOf, parse } from './parsing.test.ts';

const redirect_uris = ['https://app.example.com/callback'];
const hash = 'a1'.repeat(32);
const jwks = { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: '1' }] };
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const env = { APP_SECRET: 'sixteen letters!', SHORT: 'fifteen letters', WIDE: 'sixteen lettérs!' };

function parseClient(client: object): Omit<ClientDefinition, 'disabled'> | undefined {
  return parse({ clients: [{ client_id: 'app', ...client }] }, env).clients?.get('app');
}

describe('a client of a file', () => {
  it('is public, with codes and refresh tokens, unless it says more', () => {
    assert.deepEqual(parseClient({ redirect_uris }), {
      clientId: 'app',
      metadata: {
        redirect_uris,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        id_token_signed_response_alg: 'ES256',
      },
      trusted: false,
      refreshRotation: true,
      webOrigins: [],
    });
  });

  const methods: [client: object, method: string][] = [
    [{ client_secret_env: 'APP_SECRET' }, 'client_secret_basic'],
    [{ client_secret_sha256: hash }, 'client_secret_basic'],
    [{ client_secret_sha256: hash, jwks }, 'client_secret_basic'],
    [{ client_secret_stored: true }, 'client_secret_basic'],
    [{ client_secret_sha256: hash, token_endpoint_auth_method: 'client_secret_post' }, 'client_secret_post'],
    [{ jwks }, 'private_key_jwt'],
    [{ jwks_uri: 'https://app.example.com/jwks' }, 'private_key_jwt'],
    [{ jwks, token_endpoint_auth_method: 'none' }, 'none'],
  ];
  for (const [client, method] of methods) {
    it(`with ${JSON.stringify(client)} authenticates by ${method}`, () => {
      assert.equal(parseClient({ redirect_uris, ...client })?.metadata.token_endpoint_auth_method, method);
    });
  }

  it('keeps of its secret only the hash', () => {
    const expected = createHash('sha256').update(env.APP_SECRET).digest();
    assert.deepEqual(parseClient({ redirect_uris, client_secret_env: 'APP_SECRET' })?.secretHash, expected);
    assert.deepEqual(
      parseClient({ redirect_uris, client_secret_sha256: hash })?.secretHash,
      Buffer.from(hash, 'hex'),
    );
  });

  it('has no response type without authorization_code', () => {
    for (const grant_types of [['client_credentials'], [deviceGrant, 'refresh_token']]) {
      const client = parseClient({ grant_types, client_secret_sha256: hash });
      assert.deepEqual(client?.metadata.response_types, []);
      assert.deepEqual(parseClient({ grant_types, client_secret_sha256: hash, response_types: [] }), client);
    }
  });

  it('may ask for leases, under their registered name', () => {
    const client = parseClient({ redirect_uris, client_secret_sha256: hash, lease: true });
    assert.deepEqual(client?.metadata.authorization_details_types, ['curfew_lease']);
  });

  it('may keep its refresh token if it is confidential and bound to a key', () => {
    const client = { redirect_uris, jwks, dpop_bound_access_tokens: true, refresh_rotation: false };
    assert.equal(parseClient(client)?.refreshRotation, false);
  });

  it('has its scopes once each', () => {
    assert.equal(
      parseClient({ redirect_uris, scope: ' openid\n  email openid ' })?.metadata.scope,
      'openid email',
    );
  });

  it('may redirect to https, http on loopback, and natively to a scheme with a dot', () => {
    const uris = [
      'https://a.example.com/b?c',
      'http://localhost:8080/cb',
      'http://127.0.0.1/cb',
      'http://[::1]:1/cb',
    ];
    parseClient({ redirect_uris: uris, post_logout_redirect_uris: uris });
    parseClient({
      redirect_uris: ['com.example.app:/cb', 'http://127.0.0.1/cb'],
      application_type: 'native',
    });
  });

  it('keeps all its other metadata as it is', () => {
    const metadata = {
      client_name: 'The app',
      client_uri: 'https://app.example.com',
      logo_uri: 'https://app.example.com/logo.png',
      policy_uri: 'https://app.example.com/policy#data',
      tos_uri: 'https://app.example.com/terms',
      contacts: ['ops@example.com'],
      application_type: 'web',
      initiate_login_uri: 'https://app.example.com/login',
      jwks_uri: 'https://app.example.com/jwks',
      id_token_signed_response_alg: 'RS256',
      subject_type: 'public',
      backchannel_logout_uri: 'http://localhost:9/logout',
      backchannel_logout_session_required: true,
      dpop_bound_access_tokens: true,
      require_pushed_authorization_requests: true,
      default_max_age: 0,
      require_auth_time: true,
    };
    const client = parseClient({ redirect_uris, ...metadata });
    assert.deepEqual({ ...client?.metadata, ...metadata }, client?.metadata);
  });
});

describe('faults of a client', () => {
  const secure = 'https, or http on localhost, 127.0.0.1 or [::1]';
  const refused: [client: object, fault: string][] = [
    [{}, 'redirect_uris: must name at least one address: authorization_code is sent there'],
    [{ client_id: 'two words' }, 'client_id: must be at most 200 visible ASCII characters'],
    [
      { client_secret: 'hunter2' },
      'client_secret: has no place in a file: keep it in an environment variable and name that in client_secret_env',
    ],
    [{ client_secret_env: 'ABSENT' }, 'client_secret_env: the environment variable ABSENT is not set'],
    [
      { client_secret_env: 'SHORT' },
      'client_secret_env: the environment variable SHORT has fewer than 16 characters',
    ],
    [
      { client_secret_env: 'WIDE' },
      'client_secret_env: the environment variable WIDE has characters other than printable ASCII',
    ],
    [
      { client_secret_env: 'hunter2' },
      'client_secret_env: must be the name of an environment variable: upper-case letters, digits and _',
    ],
    [
      { client_secret_env: 'CURFEW_SECRET' },
      'client_secret_env: must not name a CURFEW_ variable: those are for the server itself',
    ],
    [{ client_secret_sha256: 'a1' }, 'client_secret_sha256: must be 64 hexadecimal digits'],
    [
      { client_secret_env: 'APP_SECRET', client_secret_sha256: hash },
      'client_secret_sha256: must not stand beside client_secret_env: a client has one secret',
    ],
    [
      { client_secret_sha256: hash, client_secret_stored: true },
      'client_secret_stored: must not stand beside client_secret_env or client_secret_sha256: a client has one secret',
    ],
    [{ client_secret_stored: false }, 'client_secret_stored: must be true'],
    [{ jwks, jwks_uri: 'https://a.example.com' }, 'jwks_uri: must not stand beside jwks'],
    [
      { jwks: { keys: [{ kty: 'EC', d: 'secret' }] } },
      'jwks.keys[0]: holds a private key: only its public members belong here',
    ],
    [{ jwks: { keys: [{ kty: 'oct', k: 'secret' }] } }, 'jwks.keys[0].kty: must be one of EC, RSA, OKP'],
    [{ jwks: { keys: [] } }, 'jwks.keys: must have at least 1 entry'],
    [{ jwks: {} }, 'jwks.keys: is missing'],
    [
      { token_endpoint_auth_method: 'client_secret_basic' },
      'token_endpoint_auth_method: needs client_secret_env, client_secret_sha256 or client_secret_stored',
    ],
    [{ token_endpoint_auth_method: 'private_key_jwt' }, 'token_endpoint_auth_method: needs jwks or jwks_uri'],
    [
      { token_endpoint_auth_method: 'none', client_secret_sha256: hash },
      'token_endpoint_auth_method: does not use the secret that the client has',
    ],
    [
      { token_endpoint_auth_method: 'tls_client_auth' },
      'token_endpoint_auth_method: must be one of client_secret_basic, client_secret_post, private_key_jwt, none',
    ],
    [{ grant_types: [] }, 'grant_types: must have at least 1 entry'],
    [
      { grant_types: ['implicit'] },
      `grant_types[0]: must be one of authorization_code, refresh_token, client_credentials, ${deviceGrant}`,
    ],
    [
      { grant_types: ['client_credentials'] },
      'grant_types: client_credentials needs a client with a secret or keys',
    ],
    [
      { grant_types: ['client_credentials', 'refresh_token'], jwks },
      `grant_types: refresh_token needs authorization_code or ${deviceGrant}`,
    ],
    [{ response_types: [] }, 'response_types: must be [code] with authorization_code, and [] without'],
    [
      { response_types: ['code'], grant_types: [deviceGrant] },
      'response_types: must be [code] with authorization_code, and [] without',
    ],
    [{ response_types: ['token'] }, 'response_types[0]: must be code'],
    [{ scope: 'open"id' }, 'scope: must be scopes separated by spaces'],
    [{ scope: ['openid'] }, 'scope: must be text (quote it)'],
    [
      { backchannel_logout_session_required: true },
      'backchannel_logout_session_required: needs backchannel_logout_uri',
    ],
    [
      { backchannel_logout_uri: 'http://app.example.com' },
      `backchannel_logout_uri: must be a URL with ${secure}, and no fragment or user name`,
    ],
    [
      { backchannel_logout_uri: 'https://app.example.com/#a' },
      `backchannel_logout_uri: must be a URL with ${secure}, and no fragment or user name`,
    ],
    [{ initiate_login_uri: 'http://localhost/' }, 'initiate_login_uri: must be an https URL'],
    [{ logo_uri: 'javascript:alert(1)' }, `logo_uri: must be a URL with ${secure}`],
    [{ contacts: ['ops'] }, 'contacts[0]: must be an e-mail address'],
    [{ default_max_age: -1 }, 'default_max_age: must be at least 0'],
    [{ default_max_age: '5m' }, 'default_max_age: must be a number'],
    [{ subject_type: 'pairwise' }, 'subject_type: must be public'],
    [{ id_token_signed_response_alg: 'none' }, 'id_token_signed_response_alg: must be one of ES256, RS256'],
    [
      { refresh_rotation: false },
      'refresh_rotation: can be false only with a secret or keys and dpop_bound_access_tokens: true (FAPI 2.0 §5.3.2.1)',
    ],
    [
      { refresh_rotation: false, jwks },
      'refresh_rotation: can be false only with a secret or keys and dpop_bound_access_tokens: true (FAPI 2.0 §5.3.2.1)',
    ],
    [
      { refresh_rotation: false, dpop_bound_access_tokens: true },
      'refresh_rotation: can be false only with a secret or keys and dpop_bound_access_tokens: true (FAPI 2.0 §5.3.2.1)',
    ],
    [{ lease: true }, 'lease: needs a secret, keys or dpop_bound_access_tokens: true'],
    [
      { lease: true, jwks, scope: 'openid' },
      'lease: needs refresh_token in grant_types, and offline_access in scope where that is set',
    ],
    [
      { lease: true, jwks, grant_types: ['authorization_code'] },
      'lease: needs refresh_token in grant_types, and offline_access in scope where that is set',
    ],
    [{ trusted: 'yes' }, 'trusted: must be true or false'],
    [{ redirect_uri: 'https://app.example.com' }, 'redirect_uri: is not a key that Curfew knows here'],
    ...['https://app.example.com/', 'https://app.example.com:443', 'http://app.example.com', '*', 'null'].map(
      (origin): [object, string] => [
        { web_origins: [origin] },
        `web_origins[0]: must be an origin as browsers write it, with ${secure}: no path and no trailing slash`,
      ],
    ),
  ];
  for (const [client, fault] of refused) {
    it(`name ${JSON.stringify(client)}`, () => {
      const file = {
        clients: [
          { client_id: 'app', ...(Object.keys(client).length > 0 ? { redirect_uris } : {}), ...client },
        ],
      };
      const [line, ...others] = faultsOf(file, env);
      assert.deepEqual(others, []);
      assert.equal(line?.replace(/^clients\[0\]( \(app\))?\./, ''), fault);
    });
  }

  const redirects: [uri: string, application_type: string][] = [
    ['http://app.example.com/callback', 'web'],
    ['https://app.example.com/#here', 'web'],
    ['https://app.example.com/#', 'web'],
    ['https://me@app.example.com/', 'web'],
    ['https://*.example.com/', 'web'],
    ['https://app.example.com/a b', 'web'],
    [' https://app.example.com/', 'web'],
    ['//app.example.com', 'web'],
    ['javascript:alert(1)', 'native'],
    ['myapp:/callback', 'native'],
    ['http://192.168.0.1/', 'native'],
    ['com.example.app:/callback', 'web'],
    ['https://localhost/callback', 'native'],
  ];
  for (const [uri, application_type] of redirects) {
    for (const key of ['redirect_uris', 'post_logout_redirect_uris']) {
      it(`name ${uri} in ${key} of a ${application_type} client`, () => {
        const client = { client_id: 'app', application_type, redirect_uris, [key]: [uri] };
        const faults = faultsOf({ clients: [client] });
        assert.equal(faults.length, 1);
        assert.ok(faults[0]?.startsWith(`clients[0] (app).${key}[0]: `), faults[0]);
      });
    }
  }

  it('name an address that is given twice, and a client', () => {
    const client = {
      client_id: 'app',
      redirect_uris: [...redirect_uris, 'https://b.example.com', ...redirect_uris],
    };
    assert.deepEqual(faultsOf({ clients: [client, { client_id: 'app', redirect_uris }] }), [
      'clients[0] (app).redirect_uris[2]: is given twice',
      'clients[1] (app).client_id: is given twice',
    ]);
  });
});
