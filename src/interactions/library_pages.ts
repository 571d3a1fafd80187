import { errors } from '../provider/library.ts';
import type { Context } from 'koa';
import type { KoaContextWithOIDC } from '../provider/library.ts';
import { openidScopes } from '../domain/built_in_scopes.ts';
import { describeDevice } from '../http/describe_device.ts';
import { allowFormTargets } from '../http/security_headers.ts';
import type { Failure } from '../http/error_boundary.ts';
import { sendPage } from '../http/send_page.ts';
import { getRequestContext } from '../provider/request_context.ts';
import { splitScope } from '../provider/token_claims.ts';
import type { DeviceOrigin, ProviderPages } from '../provider/build_provider.ts';
import { deviceCodePage } from '../../views/device_code.ts';
import { deviceConfirmPage } from '../../views/device_confirm.ts';
import { deviceDonePage } from '../../views/device_done.ts';
import { errorPage } from '../../views/error.ts';
import type { PageContext } from '../../views/layout.ts';
import { signOutPage } from '../../views/sign_out.ts';
import { signedOutPage } from '../../views/signed_out.ts';
import type { InteractionDependencies } from './dependencies.ts';
import { describeScope } from './consent_page.ts';
import { clientName } from './interaction_request.ts';

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
    deviceCode(ctx, error) {
      const page = deviceCodePage(pageContext(), {
        action: ctx.oidc.urlFor('code_verification'),
        xsrf: readXsrf(ctx),
        userCode: (error as { userCode?: string } | undefined)?.userCode,
        ...describeDeviceError(error),
      });
      sendPage(ctx, page, error ? 422 : 200);
      return Promise.resolve();
    },
    deviceConfirm(ctx, client, { userCode, askedFrom }) {
      const { params } = ctx.oidc.entities.DeviceCode as unknown as { params: Record<string, unknown> };
      const { configuration } = getRequestContext();
      const asked = splitScope(params.scope);
      const describe = (name: string) => ({
        name,
        description: describeScope(name, configuration.scopes.get(name)?.description),
      });
      const beyond = asked.filter((name) => !openidScopes.has(name)).map(describe);
      const resource = typeof params.resource === 'string' ? params.resource : undefined;
      const page = deviceConfirmPage(pageContext(), {
        action: ctx.oidc.urlFor('code_verification'),
        xsrf: readXsrf(ctx),
        userCode,
        clientName: clientName(client),
        scopes: asked.filter((name) => openidScopes.has(name)).map(describe),
        askedFrom: describeOrigin(askedFrom),
        resources: resource && beyond.length > 0 ? [{ identifier: resource, scopes: beyond }] : [],
      });
      sendPage(ctx, page);
      return Promise.resolve();
    },
    deviceDone(ctx) {
      const { client } = ctx.oidc;
      sendPage(ctx, deviceDonePage(pageContext(), { clientName: client ? clientName(client) : '' }));
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

/** The address, and the browser where it is one: "203.0.113.7, Firefox on Linux". */
function describeOrigin({ address, userAgent }: DeviceOrigin): string {
  const words = describeDevice({ userAgent });
  return [address, words === 'Unknown browser' ? undefined : words].filter(Boolean).join(', ');
}

function readXsrf(ctx: KoaContextWithOIDC): string {
  return (ctx.oidc.session as { state?: { secret?: string } } | undefined)?.state?.secret ?? '';
}

/** What became of the last code, by the name of the library's error. */
function describeDeviceError(error: Error | undefined): { error?: string; note?: string } {
  switch (error?.name) {
    case undefined:
      return {};
    case 'AbortedError':
      return { note: 'Nothing was allowed. You can close this page.' };
    case 'NoCodeError':
      return { error: 'Enter the code that your device shows.' };
    case 'ExpiredError':
      return { error: 'This code has expired. Start again on your device.' };
    case 'AlreadyUsedError':
      return { error: 'This code was used already. Start again on your device.' };
    default:
      return { error: 'This code is not right. Check it on your device.' };
  }
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
