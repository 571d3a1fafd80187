import { interactionPolicy } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { findRequestContext } from './request_context.ts';

const { Check, base } = interactionPolicy;

/** Why a page is shown before the request goes on: the library's own checks, and ours. */
export function buildInteractionPolicy(): ReturnType<typeof base> {
  const policy = base();
  const login = policy.get('login');
  // The library's checks of an essential acr ask for the password again, for ever where it cannot help.
  login?.checks.remove('essential_acr');
  login?.checks.remove('essential_acrs');
  login?.checks.add(
    new Check(
      'session_over',
      'the session is over',
      'login_required',
      (ctx: KoaContextWithOIDC) => !ctx.oidc.session?.accountId && findRequestContext()?.endedSession !== undefined,
      () => ({ ended: findRequestContext()?.endedSession }),
    ),
    0,
  );
  return policy;
}
