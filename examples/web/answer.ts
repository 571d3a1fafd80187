import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Html } from './html.ts';

/** What a route hands back; `sendAnswer` writes it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export function page(content: Html, status = 200): Answer {
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: content.toString() };
}

export function json(content: object, status = 200): Answer {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(content) };
}

export function redirect(location: URL | string): Answer {
  return { status: 303, headers: { Location: String(location) }, body: '' };
}

export function withHeader(answer: Answer, name: string, value: string): Answer {
  return { ...answer, headers: { ...answer.headers, [name]: value } };
}

/** `issuer`: the origin to which a form's redirects may lead, and whose script our pages load and let ask. */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  issuer: string,
): void {
  response.writeHead(answer.status, {
    'Content-Security-Policy':
      `default-src 'none'; style-src 'self'; script-src 'self' ${issuer}; connect-src 'self' ${issuer}; ` +
      `img-src 'self'; form-action 'self' ${issuer}; base-uri 'none'; frame-ancestors 'none'`,
    // With no-referrer, browsers would send our own forms with `Origin: null`.
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    'Content-Length': Buffer.byteLength(answer.body),
    ...answer.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}
