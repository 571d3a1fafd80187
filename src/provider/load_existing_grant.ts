import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import { findLatestGrantId } from '../store/grants.ts';
import type { Database } from '../store/database.ts';
import { accountClientId, accountGrant } from './account_client.ts';
import { getResourceServerInfo } from './resource_servers.ts';

/**
 * What the account has allowed this client before, in whatever browser; consent is asked only for
 * what is missing. Runs when the account is first known, so that from here on scopes that its roles
 * do not allow are neither asked for nor granted.
 */
export function createLoadExistingGrant(database: Database) {
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client, account, provider, result, session, resourceServers } = ctx.oidc;
    if (!client || !account) return undefined;
    for (const identifier of Object.keys(resourceServers ?? {})) {
      const info = getResourceServerInfo(ctx, identifier, client);
      if (resourceServers) resourceServers[identifier] = new provider.ResourceServer(identifier, info);
    }
    if (client.clientId === accountClientId) return accountGrant(provider, account.accountId);
    const grantId =
      (result?.consent as { grantId?: string } | undefined)?.grantId ??
      session?.grantIdFor(client.clientId) ??
      (await findLatestGrantId(database, account.accountId, client.clientId));
    if (!grantId) return undefined;
    const grant = await provider.Grant.find(grantId);
    return grant?.accountId === account.accountId && grant.clientId === client.clientId ? grant : undefined;
  };
}
