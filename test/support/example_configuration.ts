import { hashToken } from '../../src/credentials/token_hash.ts';
import type { ClientDefinition, DesiredConfiguration } from '../../src/domain/configuration.ts';
import { redirectUri } from './relying_party.ts';

export const api = 'https://api.example.com';
export const ada = { username: 'ada', password: 'correct horse battery' };
export const grace = { username: 'grace', password: 'staple correct horse' };
export const joan = { username: 'joan', password: 'battery staple horse' };
export const nobody = { username: 'nobody', password: 'horse battery staple' };

/** A client as the configuration file would make it. */
export function client(
  clientId: string,
  options: {
    secret?: string;
    scope?: string;
    metadata?: Record<string, unknown>;
  } & Partial<ClientDefinition> = {},
): Omit<ClientDefinition, 'disabled'> {
  const { secret, scope = 'openid profile email offline_access', metadata = {}, ...rest } = options;
  return {
    clientId,
    metadata: {
      client_name: `The ${clientId}`,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: secret ? 'client_secret_basic' : 'none',
      scope,
      ...metadata,
    },
    ...(secret ? { secretHash: hashToken(secret) } : {}),
    trusted: false,
    refreshRotation: true,
    webOrigins: [],
    ...rest,
  };
}

export const shop = { clientId: 'shop', secret: 'shop secret of sixteen or more' };
export const portal = { clientId: 'portal', secret: 'portal secret of sixteen or more' };
export const spa = { clientId: 'spa' };

export interface ExampleConfiguration extends DesiredConfiguration {
  policies: NonNullable<DesiredConfiguration['policies']>;
  clients: NonNullable<DesiredConfiguration['clients']>;
}

/** Two roles with limits of their own, an account of each and one with both. */
export function exampleConfiguration(): ExampleConfiguration {
  const limits = {
    member: {
      access_token_ttl: 600,
      refresh_idle: 1800,
      refresh_absolute: 43_200,
      refresh_overlap: 10,
      session_idle: 3600,
      session_absolute: 86_400,
      mfa: 'none' as const,
    },
    admin: {
      access_token_ttl: 300,
      refresh_idle: 600,
      refresh_absolute: 28_800,
      refresh_overlap: 10,
      session_idle: 3600,
      session_absolute: 86_400,
      mfa: 'none' as const,
    },
  };
  const scope = 'openid profile email offline_access reports.read payments.write';
  return {
    policies: new Map([
      ['member', { limits: limits.member, baselines: [] }],
      ['admin', { limits: limits.admin, baselines: [] }],
    ]),
    roles: new Map([
      ['member', { name: 'member', policy: 'member' }],
      ['admin', { name: 'admin', policy: 'admin' }],
    ]),
    scopes: new Map([
      ['reports.read', { name: 'reports.read', description: 'Read reports' }],
      ['payments.write', { name: 'payments.write', description: 'Move money', roles: ['admin'] }],
    ]),
    resources: new Map([[api, { identifier: api, scopes: ['reports.read', 'payments.write'] }]]),
    clients: new Map([
      ['shop', client('shop', { secret: shop.secret, scope, trusted: true })],
      ['portal', client('portal', { secret: portal.secret, scope })],
      ['spa', client('spa', { scope })],
    ]),
    users: [
      { ...ada, roles: ['member'], email: 'ada@example.com', name: 'Ada' },
      { ...grace, roles: ['admin'] },
      { ...joan, roles: ['member', 'admin'] },
      { ...nobody, roles: [] },
    ],
  };
}
