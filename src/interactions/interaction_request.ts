import type { Context } from 'koa';
import type { Client, InteractionResults, Provider } from '../provider/library.ts';
import { errors } from '../provider/library.ts';
import { allowFormTargets } from '../http/security_headers.ts';
import { readField } from '../http/forms.ts';
import type { InteractionDependencies } from './dependencies.ts';

export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** The interaction that the browser's cookie and the address both name. Throws the library's error, or 404. */
export async function getInteraction(
  ctx: Context,
  dependencies: InteractionDependencies,
): Promise<{ interaction: Interaction; client: Client }> {
  const provider = dependencies.currentProvider();
  const interaction = await provider.interactionDetails(ctx.req, ctx.res).catch((error: unknown) => {
    if (error instanceof errors.SessionNotFound) return undefined;
    throw error;
  });
  if (!interaction) return await restart(ctx, dependencies);
  if (interaction.uid !== (ctx.params as { uid?: string }).uid) ctx.throw(404);
  const client = await provider.Client.find(String(interaction.params.client_id));
  if (!client) ctx.throw(400);
  allowFormTargets(ctx, [interaction.params.redirect_uri as string | undefined]);
  return { interaction, client };
}

/**
 * The session ended while its user was on a page, and the sign-in page says why; or another browser began the
 * request, or this one before it forgot its cookies. In each case the request begins anew.
 * Throws RestartInteraction, or the library's error where there is no such request.
 */
async function restart(
  ctx: Context,
  { currentProvider, findBegunRequest }: InteractionDependencies,
): Promise<never> {
  const { uid = '' } = ctx.params as { uid?: string };
  const cookie = ctx.cookies.get(currentProvider().cookieName('interaction'), { signed: true });
  const location = cookie === uid ? await findBegunRequest(uid) : undefined;
  if (location === undefined) throw new errors.SessionNotFound('interaction session not found');
  throw new RestartInteraction(location);
}

/** The way back to the beginning of an authorization request. */
export class RestartInteraction extends Error {
  readonly location: string;

  constructor(location: string) {
    super('the request begins anew');
    this.location = location;
  }
}

/** Throws 403 unless the form's token belongs to this interaction. */
export function assertCsrf(ctx: Context, { csrf }: InteractionDependencies, interaction: Interaction): void {
  if (!csrf.check(interaction.uid, readField(ctx, 'csrf', 100))) ctx.throw(403);
}

/** Store what the page established and go on with the authorization request; the write commits before the answer. */
export async function finishInteraction(
  ctx: Context,
  { currentProvider }: InteractionDependencies,
  result: InteractionResults,
): Promise<void> {
  const returnTo = await currentProvider().interactionResult(ctx.req, ctx.res, result, {
    mergeWithLastSubmission: true,
  });
  ctx.status = 303;
  ctx.redirect(returnTo);
}

/** The client's name as people know it. */
export function clientName(client: Client): string {
  return client.clientName ?? client.clientId;
}
