import Provider from 'oidc-provider';
import type { AdapterPayload } from 'oidc-provider';
import { openidScopes } from '../../domain/built_in_scopes.ts';
import type { ClientDefinition } from '../../domain/configuration.ts';
import { accountClient, accountClientId } from '../account_client.ts';
import { findRequestContext } from '../request_context.ts';
import { splitScope } from '../token_claims.ts';
import type { AdapterDependencies, ModelAdapter } from './dependencies.ts';

/**
 * Clients come from the configuration in memory. A disabled client can still authenticate at the token
 * endpoint, where the gate ends its families and says why; everywhere else it does not exist.
 */
export function clientAdapter({ configurations, issuer }: AdapterDependencies): ModelAdapter {
  return {
    find(clientId) {
      const configuration = findRequestContext()?.configuration ?? configurations.current();
      if (clientId === accountClientId) return Promise.resolve(accountClient(issuer, configuration));
      const client = configuration.clients.get(clientId);
      const visible = client && (!client.disabled || Provider.ctx?.oidc.route === 'token');
      return Promise.resolve(visible ? clientPayload(client) : undefined);
    },
  };
}

/**
 * The library wants a secret where one is due; it gets the hash, which our `compareClientSecret` knows
 * to be one. Of the registered `scope` it knows only the OpenID Connect part; `resource_servers.ts` holds
 * requests to the rest.
 */
function clientPayload(client: ClientDefinition): AdapterPayload {
  const { scope, ...metadata } = client.metadata;
  const openid = splitScope(scope).filter((name) => openidScopes.has(name));
  return {
    ...metadata,
    ...(metadata.backchannel_logout_uri ? { backchannel_logout_session_required: true } : {}),
    ...(openid.length > 0 ? { scope: openid.join(' ') } : {}),
    client_id: client.clientId,
    ...(client.secretHash ? { client_secret: client.secretHash.toString('hex') } : {}),
  };
}
