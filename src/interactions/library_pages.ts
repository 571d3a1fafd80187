import { errors } from '../provider/library.ts';
import type { Context } from 'koa';
import type { KoaContextWithOIDC } from '../provider/library.ts';
import { allowFormTargets } from '../http/security_headers.ts';
import type { Failure } from '../http/error_boundary.ts';
import type { ProviderPages } from '../provider/build_provider.ts';
import { errorPage } from '../../views/error.ts';
import type { PageContext } from '../../views/layout.ts';
import { signOutPage } from '../../views/sign_out.ts';
import { signedOutPage } from '../../views/signed_out.ts';
import type { InteractionDependencies } from './dependencies.ts';
import { clientName } from './interaction_request.ts';
import { sendPage } from './page_context.ts';

type PageSources = Pick<InteractionDependencies, 'findAccount' | 'pageContext'>;

/** The pages that the library asks us to draw: sign-out, signed out, and its own errors. */
export function createLibraryPages({ findAccount, pageContext }: PageSources): ProviderPages {
  return {
    async signOut(ctx, xsrf) {
      const { client, session, params } = ctx.oidc;
      const account = session?.accountId ? await findAccount(session.accountId) : undefined;
      allowFormTargets(ctx, [params?.post_logout_redirect_uri as string | undefined]);
      const page = signOutPage(pageContext(), {
        action: ctx.oidc.urlFor('end_session_confirm'),
        xsrf,
        clientName: client && clientName(client),
        username: account?.username,
      });
      sendPage(ctx, page);
    },
    signedOut(ctx) {
      const { client } = ctx.oidc;
      sendPage(ctx, signedOutPage(pageContext(), { clientName: client && clientName(client) }));
      return Promise.resolve();
    },
    error(ctx, out, error) {
      const { title, message } = describeError(error);
      const { status } = ctx;
      const requestId = (ctx.state as { origin?: { requestId?: string } }).origin?.requestId ?? '';
      sendPage(
        ctx,
        errorPage(pageContext(), { title, message, detail: protocolDetail(ctx, out), requestId }),
        status,
      );
      return Promise.resolve();
    },
  };
}

/** The page of a fault or of a request that leads nowhere. */
export function renderFailure(ctx: Context, pageContext: PageContext, failure: Failure): void {
  const { title, message, requestId, status } = failure;
  sendPage(ctx, errorPage(pageContext, { title, message, requestId }), status);
}

function describeError(error: Error): { title: string; message: string } {
  if (error instanceof errors.SessionNotFound) {
    const message =
      'This sign-in took too long, or it was finished in another tab. Go back to the app and start again.';
    return { title: 'Start again', message };
  }
  if (error instanceof errors.InvalidClient || error instanceof errors.InvalidRedirectUri) {
    const message = 'The app that sent you here is not set up correctly with us. Tell the people who run it.';
    return { title: 'This app cannot sign you in', message };
  }
  const message = 'The app sent a request that we cannot act on. Go back to it and try again.';
  return { title: 'This did not work', message };
}

function protocolDetail(
  _: KoaContextWithOIDC,
  out: { error: string; error_description?: string | undefined },
): string {
  return out.error_description ? `${out.error}: ${out.error_description}` : out.error;
}
