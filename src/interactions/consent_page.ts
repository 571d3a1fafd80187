import type { Context } from 'koa';
import { describeDuration } from '../domain/durations.ts';
import { sendPage } from '../http/send_page.ts';
import { recordConsent } from '../operations/record_consent.ts';
import { limitsFor } from '../policy/effective_limits.ts';
import type { ConsentedLease } from '../provider/leases.ts';
import { splitScope } from '../provider/token_claims.ts';
import { getRequestContext } from '../provider/request_context.ts';
import { consentPage } from '../../views/consent.ts';
import type { InteractionDependencies } from './dependencies.ts';
import { assertCsrf, clientName, finishInteraction, getInteraction } from './interaction_request.ts';
import type { Interaction } from './interaction_request.ts';

interface MissingConsent {
  missingOIDCScope?: string[];
  missingOIDCClaims?: string[];
  missingResourceScopes?: Record<string, string[]>;
  /** What this account may have of the scopes asked for, by resource. */
  grantable?: Record<string, string[]>;
}

const openidScopeTexts: Record<string, string> = {
  openid: 'Know who you are',
  profile: 'See your name and username',
  email: 'See your e-mail address',
  offline_access: 'Keep access when you are not there',
};

export async function showConsent(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  const { interaction, client } = await getInteraction(ctx, dependencies);
  const { findAccount, csrf, pageContext } = dependencies;
  const account = await findAccount(interaction.session?.accountId ?? '');
  if (!account) ctx.throw(400);
  const { configuration } = getRequestContext();
  const asked = askedScopes(interaction);
  const describe = (name: string) => ({
    name,
    description: describeScope(name, configuration.scopes.get(name)?.description),
  });
  const limits = limitsFor(configuration, {
    roles: account.roles,
    clientIds: [client.clientId],
    resources: Object.keys(asked.resources),
    scopes: [...asked.openid, ...Object.values(asked.resources).flat()],
  });
  const lease = leaseText(interaction);
  const idle = describeDuration(limits.refresh_idle.value);
  const page = consentPage(pageContext(), {
    allowAction: `/interaction/${interaction.uid}/consent`,
    denyAction: `/interaction/${interaction.uid}/cancel`,
    csrfToken: csrf.issue(interaction.uid),
    clientName: clientName(client),
    clientHost: redirectHost(interaction),
    username: account.username,
    scopes: asked.openid.map(describe),
    resources: Object.entries(asked.resources).map(([identifier, scopes]) => ({
      identifier,
      scopes: scopes.map(describe),
    })),
    lease,
    lasts: [
      `${lease ? `After the first ${lease.duration}, ends` : 'Ends'} after ${idle} without activity.`,
      `Ends after ${describeDuration(limits.refresh_absolute.value)} in any case.`,
    ],
  });
  sendPage(ctx, page);
}

/** The lease that would be granted; the page asks for what the prompt says, not for what the app wants. */
function leaseText({ prompt }: Interaction): { duration: string; purpose: string } | undefined {
  const { lease } = prompt.details as ConsentedLease;
  return lease && { duration: describeDuration(lease.duration), purpose: lease.purpose };
}

export async function submitConsent(ctx: Context, dependencies: InteractionDependencies): Promise<void> {
  const { interaction, client } = await getInteraction(ctx, dependencies);
  assertCsrf(ctx, dependencies, interaction);
  const accountId = interaction.session?.accountId;
  const sessionId = interaction.session?.uid;
  if (interaction.prompt.name !== 'consent' || !accountId || !sessionId) ctx.throw(400);

  const provider = dependencies.currentProvider();
  const found = interaction.grantId ? await provider.Grant.find(interaction.grantId) : undefined;
  const grant = found ?? new provider.Grant({ accountId, clientId: client.clientId });
  const {
    missingOIDCScope,
    missingOIDCClaims,
    missingResourceScopes = {},
  } = interaction.prompt.details as MissingConsent;
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '));
  if (missingOIDCClaims) grant.addOIDCClaims(missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missingResourceScopes)) {
    grant.addResourceScope(resource, scopes.join(' '));
  }
  const grantId = await grant.save();

  const { effects, origin } = getRequestContext();
  const given = { accountId, sessionId, clientId: client.clientId, openid: missingOIDCScope ?? [] };
  const { lease } = interaction.prompt.details as ConsentedLease;
  effects.session.push((tx) =>
    recordConsent(tx, { ...given, resources: missingResourceScopes, lease }, origin),
  );
  await finishInteraction(ctx, dependencies, { consent: { grantId, lease } });
}

/** A scope in words: our own for those of OpenID Connect, the configured ones for the rest. */
export function describeScope(name: string, configured: string | undefined): string {
  return openidScopeTexts[name] ?? configured ?? name;
}

/** What is still missing; where nothing is (`prompt=consent`), all that was asked for and may be granted. */
function askedScopes(interaction: Interaction): { openid: string[]; resources: Record<string, string[]> } {
  const {
    missingOIDCScope = [],
    missingResourceScopes = {},
    grantable = {},
  } = interaction.prompt.details as MissingConsent;
  if (missingOIDCScope.length > 0 || Object.keys(missingResourceScopes).length > 0) {
    return { openid: missingOIDCScope, resources: missingResourceScopes };
  }
  return {
    openid: splitScope(interaction.params.scope).filter((scope) => scope in openidScopeTexts),
    resources: Object.fromEntries(Object.entries(grantable).filter(([, scopes]) => scopes.length > 0)),
  };
}

function redirectHost(interaction: Interaction): string {
  const uri = interaction.params.redirect_uri;
  const url = typeof uri === 'string' ? URL.parse(uri) : null;
  if (!url) return '';
  const { host, protocol } = url;
  return host || protocol;
}
