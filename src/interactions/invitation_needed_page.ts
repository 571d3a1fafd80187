import type { Context } from 'koa';
import { sendPage } from '../http/send_page.ts';
import { invitationNeededPage } from '../../views/invitation_needed.ts';
import type { InteractionDependencies } from './dependencies.ts';
import type { SecondFactorInteraction } from './second_factor_interaction.ts';

/** In the place of a first factor's form; `Cancel` leads back to the app. */
export function showInvitationNeeded(
  ctx: Context,
  { csrf, pageContext }: InteractionDependencies,
  { interaction: { uid }, account }: SecondFactorInteraction,
): void {
  const cancel = { action: `/interaction/${uid}/cancel`, csrfToken: csrf.issue(uid) };
  sendPage(ctx, invitationNeededPage(pageContext(), { username: account.username, cancel }), 403);
}
