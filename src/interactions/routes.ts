import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { parseForm } from '../http/forms.ts';
import { showConsent, submitConsent } from './consent_page.ts';
import type { InteractionDependencies } from './dependencies.ts';
import { getInteraction, RestartInteraction } from './interaction_request.ts';
import { continueInteraction, submitEnrolment } from './enrolment_page.ts';
import { submitPasskeyEnrolment } from './passkey_enrolment_page.ts';
import { submitPasskey } from './passkey_page.ts';
import { submitPasskeySignIn } from './passkey_sign_in.ts';
import { showRecovery, submitRecovery } from './recovery_page.ts';
import { showSecondFactor, submitTotp } from './second_factor_page.ts';
import { cancelInteraction, showSignIn, submitSignIn } from './sign_in_page.ts';

type Page = (ctx: Context, dependencies: InteractionDependencies) => Promise<void>;

/** The page of each prompt that the interaction policy can ask for. */
const pages: Record<string, Page> = { login: showSignIn, mfa: showSecondFactor, consent: showConsent };

/** What the forms of those pages do. */
const actions: Record<string, Page> = {
  'sign-in': submitSignIn,
  'passkey-login': submitPasskeySignIn,
  totp: submitTotp,
  passkey: submitPasskey,
  enrol: submitEnrolment,
  'enrol-passkey': submitPasskeyEnrolment,
  recovery: submitRecovery,
  continue: continueInteraction,
  consent: submitConsent,
  cancel: cancelInteraction,
};

/** The last part of `/interaction/:uid/…`, of each form. */
export const interactionForms: readonly string[] = Object.keys(actions);

export function interactionRoutes(dependencies: InteractionDependencies): Middleware {
  const router = new Router({ strict: true, sensitive: true });
  router.use('/interaction', async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (!(error instanceof RestartInteraction)) throw error;
      ctx.status = 303;
      ctx.redirect(error.location);
    }
  });
  router.get('/interaction/:uid', async (ctx) => {
    const { interaction } = await getInteraction(ctx, dependencies);
    const page = pages[interaction.prompt.name];
    if (!page) return ctx.throw(400);
    await page(ctx, dependencies);
  });
  router.get('/interaction/:uid/recovery', (ctx) => showRecovery(ctx as unknown as Context, dependencies));
  router.post('/interaction/:uid/:action', parseForm as never, async (ctx) => {
    const action = actions[ctx.params.action ?? ''];
    if (!action) return ctx.throw(404);
    await action(ctx, dependencies);
  });
  return router.routes() as unknown as Middleware;
}
