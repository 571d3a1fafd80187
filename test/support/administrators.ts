import assert from 'node:assert/strict';
import type { Person } from './browser.ts';
import { client, exampleConfiguration, grace } from './example_configuration.ts';
import type { ExampleConfiguration } from './example_configuration.ts';
import { createRelyingParty } from './relying_party.ts';
import type { RelyingParty } from './relying_party.ts';

const scope = 'openid curfew:read curfew:write';
/** A client that operators use: public. */
export const operators = { clientId: 'operators' };

/** The example configuration, in which administrators may use the admin API and members may only read. */
export function adminConfiguration(): ExampleConfiguration {
  const configuration = exampleConfiguration();
  const limits = {
    ...configuration.policies.get('admin')?.limits,
    mfa: 'step_up' as const,
    mfa_max_age: 300,
  };
  return {
    ...configuration,
    policies: new Map([...configuration.policies, ['admin', { limits, baselines: [] }]]),
    scopes: new Map([
      ...(configuration.scopes ?? []),
      ['curfew:read', { name: 'curfew:read', description: 'See', roles: ['admin', 'member'] }],
      [
        'curfew:write',
        { name: 'curfew:write', description: 'Change', roles: ['admin'], stepUp: { mfaMaxAge: 120 } },
      ],
    ]),
    clients: new Map([...configuration.clients, ['operators', client('operators', { scope })]]),
  };
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- as JSON brings it
  body: any;
}

export interface Administrator {
  person: Person;
  party: RelyingParty;
  token: string;
  /** Sign in, or step up, for these scopes. */
  authorize(scopes?: string): Promise<string>;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>;
}

/** Somebody signed in for the admin API, with an authenticator set up on the way where that is asked for. */
export async function createAdministrator(
  issuer: string,
  who: Person = grace,
  scopes = scope,
): Promise<Administrator> {
  const person = { ...who, authenticator: { secret: '', recoveryCodes: [] } };
  const party = await createRelyingParty(issuer, operators);
  const administrator: Administrator = {
    person,
    party,
    token: '',
    async authorize(asked = scopes) {
      const tokens = await party.signIn(person, { scope: asked, resource: `${issuer}/admin` });
      administrator.token = tokens.access_token;
      return tokens.access_token;
    },
    call: (method, path, body, headers = {}) =>
      callApi(issuer, method, path, body, { authorization: `Bearer ${administrator.token}`, ...headers }),
  };
  assert.ok(await administrator.authorize());
  return administrator;
}

/** A text goes as it is, anything else as JSON. */
export async function callApi(
  issuer: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<ApiAnswer> {
  const response = await fetch(`${issuer}/admin/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /^application\/(problem\+)?json(;|$)/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : isJson ? JSON.parse(text) : text,
  };
}
