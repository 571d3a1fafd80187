import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Session } from './sessions.ts';

const longestForm = 10_000;

/** The posted form; empty if it is too long or no form at all, so that its token is missing. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const { 'content-type': type, 'content-length': length } = request.headers;
  const isForm = type?.startsWith('application/x-www-form-urlencoded') && Number(length) <= longestForm;
  if (!isForm) return new URLSearchParams();

  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

/** Whether a form was sent by a page of ours, of this very session. */
export function isOwnForm(
  headers: IncomingHttpHeaders,
  form: URLSearchParams,
  session: Session,
  baseUrl: string,
): boolean {
  return isSameOrigin(headers, baseUrl) && isEqual(form.get('form_token') ?? '', session.formToken);
}

/** Another port of localhost is the same *site*: only the same origin will do. */
function isSameOrigin(headers: IncomingHttpHeaders, baseUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return headers.origin === undefined || headers.origin === baseUrl;
}

function isEqual(actual: string, expected: string): boolean {
  const [left, right] = [Buffer.from(actual), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
