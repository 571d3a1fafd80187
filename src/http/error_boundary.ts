import type { Context, Middleware } from 'koa';
import type { Logger } from 'pino';

export interface ErrorBoundary {
  log: Logger;
  /** true when the database cannot answer: 503 instead of 500. */
  isOutage(error: unknown): boolean;
  /** true when the database refuses a value as such: 400 instead of 500. */
  isUnstorable(error: unknown): boolean;
  /** Sets the body to a page for people. */
  renderPage(ctx: Context, failure: Failure): void;
}

/** What the caller is told of a fault: never its cause. */
export interface Failure {
  status: number;
  error: 'server_error' | 'temporarily_unavailable' | 'invalid_request' | 'not_found' | 'too_many_requests';
  title: string;
  message: string;
  requestId: string;
}

/**
 * The one place where faults and outages are caught: 500 or 503, a request id for the caller, the
 * cause in the log. What the failed request had set so far (cookies, redirects) is dropped.
 */
export function errorBoundary({ log, isOutage, isUnstorable, renderPage }: ErrorBoundary): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body == null) answer(ctx, describeStatus(404));
    } catch (error) {
      const outage = isOutage(error);
      const status = outage ? 503 : isUnstorable(error) ? 400 : exposedStatus(error);
      for (const name of ['Set-Cookie', 'Location', 'WWW-Authenticate']) ctx.remove(name);
      if (status >= 500) log.error({ err: error, requestId: ctx.state.origin?.requestId }, 'request failed');
      if (outage) ctx.set('Retry-After', '1');
      const retryAfter = (error as { retryAfter?: number } | null | undefined)?.retryAfter;
      if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter));
      answer(ctx, describeStatus(status));
    }
  };

  function answer(ctx: Context, failure: Omit<Failure, 'requestId'>): void {
    const requestId: string = ctx.state.origin?.requestId ?? '';
    ctx.status = failure.status;
    ctx.set('Cache-Control', 'no-store');
    const describe: unknown = ctx.state.describeFailure;
    if (typeof describe === 'function') return void describe(failure.status, requestId);
    if (wantsPage(ctx)) return renderPage(ctx, { ...failure, requestId });
    ctx.body = { error: failure.error, error_description: failure.message, request_id: requestId };
  }
}

/** Koa's and the parsers' own errors carry a 4xx status, our own refusals 429 or 503; anything else is a fault. */
function exposedStatus(error: unknown): number {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && ((status >= 400 && status < 500) || status === 503) ? status : 500;
}

function describeStatus(status: number): Omit<Failure, 'requestId'> {
  if (status === 503) {
    const message = 'The service cannot answer right now. Try again in a moment.';
    return { status, error: 'temporarily_unavailable', title: 'Not available right now', message };
  }
  if (status >= 500) {
    const message = 'Something went wrong on our side. If it stays, tell an operator the request id.';
    return { status, error: 'server_error', title: 'Something went wrong', message };
  }
  if (status === 429) {
    const message = 'There are too many attempts right now. Wait a little, then try again.';
    return { status, error: 'too_many_requests', title: 'Too many attempts', message };
  }
  if (status === 404) {
    return { status, error: 'not_found', title: 'Not found', message: 'There is nothing at this address.' };
  }
  if (status === 409) {
    const message = 'Your session changed meanwhile, perhaps in another window. Load this page again.';
    return { status, error: 'invalid_request', title: 'Load this page again', message };
  }
  const message = 'The request is not one this server can act on. Go back to the app and start again.';
  return { status, error: 'invalid_request', title: 'This did not work', message };
}

function wantsPage(ctx: Context): boolean {
  return ctx.accepts('json', 'html') === 'html';
}
