import type { EntryContext } from '../section.ts';
import { isLoopback } from '../../domain/loopback.ts';
import { isPrivateUse } from './addresses.ts';
import { deviceGrant } from './client_metadata.ts';
import type { ClientEntry } from './clients.ts';
import { splitScopes } from './names.ts';

/** What a client turns out to be, besides what the file says of it. */
export interface ClientTraits {
  method: NonNullable<ClientEntry['token_endpoint_auth_method']>;
  hasSecret: boolean;
  hasKeys: boolean;
}

interface ClientCheck {
  key: keyof ClientEntry;
  message: string;
  isWrong: (client: ClientEntry, traits: ClientTraits) => boolean;
}

const uses = (client: ClientEntry, ...grants: readonly ClientEntry['grant_types'][number][]) =>
  client.grant_types.some((grant) => grants.includes(grant));
const usesSecret = ({ method }: ClientTraits) => method.startsWith('client_secret_');

const checks: readonly ClientCheck[] = [
  {
    key: 'client_secret_sha256',
    message: 'must not stand beside client_secret_env: a client has one secret',
    isWrong: (client) => client.client_secret_env !== undefined && client.client_secret_sha256 !== undefined,
  },
  {
    key: 'client_secret_stored',
    message: 'must not stand beside client_secret_env or client_secret_sha256: a client has one secret',
    isWrong: (client) =>
      client.client_secret_stored === true &&
      (client.client_secret_env !== undefined || client.client_secret_sha256 !== undefined),
  },
  {
    key: 'jwks_uri',
    message: 'must not stand beside jwks',
    isWrong: (client) => client.jwks !== undefined && client.jwks_uri !== undefined,
  },
  {
    key: 'token_endpoint_auth_method',
    message: 'needs client_secret_env, client_secret_sha256 or client_secret_stored',
    isWrong: (_, traits) => usesSecret(traits) && !traits.hasSecret,
  },
  {
    key: 'token_endpoint_auth_method',
    message: 'does not use the secret that the client has',
    isWrong: (_, traits) => !usesSecret(traits) && traits.hasSecret,
  },
  {
    key: 'token_endpoint_auth_method',
    message: 'needs jwks or jwks_uri',
    isWrong: (_, { method, hasKeys }) => method === 'private_key_jwt' && !hasKeys,
  },
  {
    key: 'grant_types',
    message: 'client_credentials needs a client with a secret or keys',
    isWrong: (client, { method }) => uses(client, 'client_credentials') && method === 'none',
  },
  {
    key: 'grant_types',
    message: `refresh_token needs authorization_code or ${deviceGrant}`,
    isWrong: (client) => uses(client, 'refresh_token') && !uses(client, 'authorization_code', deviceGrant),
  },
  {
    key: 'response_types',
    message: 'must be [code] with authorization_code, and [] without',
    isWrong: (client) =>
      client.response_types !== undefined &&
      client.response_types.length > 0 !== uses(client, 'authorization_code'),
  },
  {
    key: 'redirect_uris',
    message: 'must name at least one address: authorization_code is sent there',
    isWrong: (client) => uses(client, 'authorization_code') && !client.redirect_uris?.length,
  },
  {
    key: 'backchannel_logout_session_required',
    message: 'needs backchannel_logout_uri',
    isWrong: (client) =>
      client.backchannel_logout_session_required === true && !client.backchannel_logout_uri,
  },
  {
    key: 'refresh_rotation',
    message: 'can be false only with a secret or keys and dpop_bound_access_tokens: true (FAPI 2.0 §5.3.2.1)',
    isWrong: (client, { method }) =>
      !client.refresh_rotation && (method === 'none' || !client.dpop_bound_access_tokens),
  },
  {
    key: 'lease',
    message: 'needs a secret, keys or dpop_bound_access_tokens: true',
    isWrong: (client, { method }) => client.lease && method === 'none' && !client.dpop_bound_access_tokens,
  },
  {
    key: 'lease',
    message: 'needs refresh_token in grant_types, and offline_access in scope where that is set',
    isWrong: (client) =>
      client.lease &&
      !(
        uses(client, 'refresh_token') &&
        splitScopes(client.scope ?? 'offline_access').includes('offline_access')
      ),
  },
];

/** What is wrong between the keys of a client. */
export function checkClient(client: ClientEntry, traits: ClientTraits, { fault }: EntryContext): void {
  for (const { key, message, isWrong } of checks) {
    if (isWrong(client, traits)) fault([key], message);
  }
  for (const key of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    for (const [index, uri] of (client[key] ?? []).entries()) {
      const message = redirectFault(new URL(uri), client.application_type ?? 'web');
      if (message) fault([key, index], message);
    }
  }
}

/** RFC 8252 §7, as oidc-provider reads it. */
function redirectFault(url: URL, applicationType: 'web' | 'native'): string | undefined {
  if (applicationType === 'web') {
    return isPrivateUse(url) ? 'a private-use scheme needs application_type: native' : undefined;
  }
  const isClaimed = url.protocol === 'https:' && isLoopback(url);
  return isClaimed ? 'a native client redirects to loopback over http, not https' : undefined;
}
