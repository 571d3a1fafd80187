import { decodeJwt } from 'jose';
import { errors, interactionPolicy } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { addSeconds } from '../domain/instants.ts';
import { enrolmentSeconds } from '../operations/enrol_totp.ts';
import type { Database } from '../store/database.ts';
import { countFactors } from '../store/second_factors.ts';
import { findRequestContext } from './request_context.ts';
import { grantableAt } from './request_limits.ts';
import { isIdleForClient } from './idle_for_client.ts';
import { leaseCheck } from './leases.ts';
import { asksForMfa, findAskedAcr, findSignInMoments, findStepUp, settleAcr } from './step_up.ts';

const { Check, Prompt, base } = interactionPolicy;

/**
 * Why a page is shown before the request goes on. The library's checks of an essential `acr` and of
 * `max_age` ask for the password again, for ever where it cannot help, and that of `id_token_hint` forgets the hint
 * once somebody has signed in: ours take their place. The
 * prompt `mfa` comes after `login` and before `consent`.
 */
export function buildInteractionPolicy(database: Database): ReturnType<typeof base> {
  const policy = base();
  const login = policy.get('login');
  for (const name of ['essential_acr', 'essential_acrs', 'max_age', 'id_token_hint'])
    login?.checks.remove(name);
  login?.checks.add(sessionOver, 0);
  login?.checks.add(anotherMeant);
  login?.checks.add(unmetAcr);
  login?.checks.add(maxAgePassed);
  login?.checks.add(
    new Check(
      'password_too_old',
      'a first factor is set up after the password',
      'login_required',
      async (ctx) => {
        const moments = findSignInMoments(ctx);
        const stepUp = moments && findStepUp(ctx);
        if (!stepUp) return false;
        if (moments.now < addSeconds(moments.passwordAt, enrolmentSeconds)) return false;
        const { apps, passkeys } = await countFactors(database, moments.accountId);
        return passkeys === 0 && (apps === 0 || stepUp.phishingResistant);
      },
    ),
  );
  const consent = policy.get('consent');
  consent?.checks.remove('rar_prompt');
  consent?.checks.add(leaseCheck);
  consent?.checks.add(idleForClient);
  if (consent) consent.details = (ctx) => ({ grantable: grantableAt(ctx) });
  policy.add(
    new Prompt(
      { name: 'mfa', requestable: false },
      new Check(
        'mfa_required',
        'multi-factor authentication is required',
        'interaction_required',
        (ctx) => {
          const isRequired = findStepUp(ctx) !== undefined;
          if (!isRequired) settleAcr(ctx);
          return isRequired;
        },
        (ctx) => ({ ...findStepUp(ctx) }),
      ),
    ),
    1,
  );
  return policy;
}

const sessionOver = new Check(
  'session_over',
  'the session is over',
  'login_required',
  (ctx: KoaContextWithOIDC) =>
    !ctx.oidc.session?.accountId && findRequestContext()?.endedSession !== undefined,
  () => ({ ended: findRequestContext()?.endedSession }),
);

/**
 * The session lives, but what this client would get from it without a page would be over at once: its own
 * idle limit is shorter and has passed. Any page that the user answers is activity; where no other is
 * due, the consent is asked for once more.
 */
const idleForClient = new Check(
  'idle_for_client',
  'the session has been idle too long for this client',
  'interaction_required',
  (ctx: KoaContextWithOIDC) => isIdleForClient(ctx),
);

/** Nobody else than whom the hint names gets an answer (OpenID Connect Core §3.1.2.2). It was verified when the request came. */
const anotherMeant = new Check(
  'id_token_hint',
  'id_token_hint and authenticated subject do not match',
  'login_required',
  ({ oidc }) => {
    const hint = oidc.params?.id_token_hint;
    return typeof hint === 'string' && decodeJwt(hint).sub !== oidc.session?.accountId;
  },
);

/** Throws when an essential `acr` is one that this server cannot establish. */
const unmetAcr = new Check(
  'unmet_acr',
  'none of the requested acr values is known',
  'login_required',
  (ctx) => {
    if (findAskedAcr(ctx) === 'unknown') {
      throw new errors.UnmetAuthenticationRequirements(
        'none of the requested acr values can be established here',
      );
    }
    return false;
  },
);

/** `max_age` asks for the first factor again, unless the request asks for MFA: then the second one will do. */
const maxAgePassed = new Check('max_age', 'End-User authentication is too old', 'login_required', (ctx) => {
  const { params, result } = ctx.oidc;
  const maxAge = params?.max_age;
  const moments = findSignInMoments(ctx);
  if (maxAge === undefined || !moments || asksForMfa(ctx) || result?.login) return false;
  return moments.now > addSeconds(moments.passwordAt, Number(maxAge));
});
