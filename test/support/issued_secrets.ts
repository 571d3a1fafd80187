import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface IssuedSecret {
  secret: string;
  /** Such as "cookie curfew_session" or "access_token". */
  kind: string;
  /** Counts up whenever one is seen. */
  seenAt: number;
}

const issued = new Map<string, IssuedSecret>();
let count = 0;

/** Shorter ones would be found by chance; repetitions of a letter are what tests send instead of one. */
const shortest = 8;
const longest = 4000;
const fewestLetters = 5;

/** Note what nobody may read in a database. */
export function noteSecret(kind: string, secret: string | undefined): void {
  if (secret === undefined || secret.length < shortest || secret.length > longest) return;
  if (new Set(secret).size < fewestLetters) return;
  count += 1;
  issued.set(secret, { kind, secret, seenAt: count });
}

/** How many were seen so far, for `listSecrets`. */
export const countSecrets = (): number => count;

/** What was seen since then. */
export function listSecrets(since: number): IssuedSecret[] {
  return [...issued.values()].filter(({ seenAt }) => seenAt > since);
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

/** Note the secrets of everything that any server of this process is sent and answers, whoever asks. */
export function watchServers(): void {
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as Exchange;
    noteAuthorization(request.headers.authorization);
    noteSecret('DPoP proof', request.headers.dpop as string | undefined);
    const sent: Buffer[] = [];
    const push = request.push.bind(request);
    request.push = (chunk: Buffer | null) => {
      if (chunk) sent.push(chunk);
      else noteForm(Buffer.concat(sent).toString());
      return push(chunk);
    };
    const end = response.end.bind(response) as (...values: unknown[]) => ServerResponse;
    response.end = ((...values: unknown[]) => {
      noteHeaders(response);
      const [body] = values;
      if (typeof body === 'string' || Buffer.isBuffer(body)) noteBody(body.toString());
      return end(...values);
    }) as typeof response.end;
  });
}

function noteAuthorization(header: string | undefined): void {
  const [scheme = '', value = ''] = (header ?? '').split(' ');
  if (/^basic$/i.test(scheme)) noteSecret('client secret', atobOf(value).split(':')[1]);
}

/** Forms of people and programs, and JSON. */
const fields = ['password', 'new_password', 'client_secret', 'client_assertion', 'code_verifier'];

function noteForm(body: string): void {
  if (body.startsWith('{')) return noteJson(body);
  const form = new URLSearchParams(body);
  for (const field of fields) noteSecret(field, form.get(field) ?? undefined);
}

function noteHeaders(response: ServerResponse): void {
  for (const line of [response.getHeader('set-cookie') ?? []].flat()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(String(line)) ?? [];
    if (!/\.sig$|notice$/.test(name)) noteSecret(`cookie ${name}`, value);
  }
  const location = String(response.getHeader('location') ?? '');
  noteSecret('interaction', /^\/interaction\/([\w-]+)$/.exec(location)?.[1]);
  noteSecret('interaction', /\/(?:auth|device)\/([\w-]+)$/.exec(location)?.[1]);
  noteSecret('code', /[?&#]code=([\w-]+)/.exec(location)?.[1]);
}

const members = new Set(
  'access_token,refresh_token,id_token,device_code,user_code,client_secret,authorization_header'.split(','),
);

function noteBody(body: string): void {
  if (body.startsWith('{')) return noteJson(body);
  noteSecret('TOTP secret', /[?&;]secret(?:=|&#61;)([A-Z2-7]+)/.exec(body)?.[1]);
  for (const [, code] of body.matchAll(/>((?:[0-9a-z]{4}-){3}[0-9a-z]{4})</g))
    noteSecret('recovery code', code);
  noteSecret('client secret', /class="secret-line"><code>([\w-]{43})<\/code>/.exec(body)?.[1]);
  noteSecret('form secret', /name="xsrf" value="([\w-]+)"/.exec(body)?.[1]);
  noteSecret('code', /name="code" value="([\w-]+)"/.exec(body)?.[1]);
}

function noteJson(body: string): void {
  try {
    JSON.parse(body, (key, value: unknown) => {
      if (typeof value !== 'string') return value;
      if (members.has(key)) noteSecret(key, value);
      noteSecret('password link', /\/set-password\?token=([\w-]+)/.exec(value)?.[1]);
      return value;
    });
  } catch (error) {
    // What is no JSON holds none of its members.
    if (!(error instanceof SyntaxError)) throw error;
  }
}

function atobOf(value: string): string {
  return decodeURIComponent(
    Buffer.from(value, 'base64').toString().replaceAll('%', '%25').replaceAll('%253A', '%3A'),
  );
}
