import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { WWWAuthenticateChallengeError } from 'openid-client';
import { Problem } from '../../domain/problems.ts';
import type { OperatorScope } from '../../policy/operator_rights.ts';
import type { Authorization, Wish } from './authorization.ts';

/** Entries of a list that are read at most, and how many at once. */
const mostListed = 1000;
const pageSize = 200;

export type Json = Record<string, unknown>;
type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The admin API of a server, as one command uses it. */
export interface AdminApi {
  read(path: string, query?: Query): Promise<Json>;
  /** An answer that is a text. */
  readText(path: string, query?: Query): Promise<string>;
  /** An answer of lines, as they come. */
  readLines(path: string, query?: Query): Promise<AsyncIterable<string>>;
  /** All items of a list, over its pages, at most `most`. */
  list(path: string, query?: Query, most?: number): Promise<Json[]>;
  /** A question with a body, which changes nothing. */
  ask(path: string, body?: unknown): Promise<Json>;
  change(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Json>;
}

/**
 * Each refusal that says what it takes is met once, by letting the person sign in again. Throws `api_refused`
 * for any other, with what the server says, and `server_unreachable`.
 */
export function createAdminApi(url: string, authorization: Authorization): AdminApi {
  const send = async (scope: OperatorScope, method: string, path: string, query: Query, body?: unknown) => {
    const address = new URL(`${url}/admin/v1${path}`);
    for (const [name, value = []] of Object.entries(query))
      for (const one of [value].flat()) address.searchParams.append(name, one);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const asked = scope === 'curfew:write' ? 'curfew:read curfew:write' : scope;
    const attempt = async (token: string) => {
      const response = await authorization.send(token, address, method, text);
      if (!response.ok) throw new Refusal(response);
      return response;
    };
    const token = (await authorization.findAccessToken()) ?? (await authorization.signIn({ scope: asked }));
    try {
      return await attempt(token);
    } catch (error) {
      const wish = readChallenge(error, asked);
      if (!wish) throw await describeRefusal(error);
      try {
        return await attempt(await authorization.signIn(wish));
      } catch (again) {
        throw await describeRefusal(again);
      }
    }
  };

  const call = async (...request: Parameters<typeof send>): Promise<Json> =>
    (await (await send(...request)).json()) as Json;

  return {
    readText: async (path, query = {}) => await (await send('curfew:read', 'GET', path, query)).text(),
    async readLines(path, query = {}) {
      const { body } = await send('curfew:read', 'GET', path, query);
      return createInterface({ input: body ? Readable.fromWeb(body) : Readable.from([]) });
    },
    read: async (path, query = {}) => await call('curfew:read', 'GET', path, query),
    async list(path, query = {}, most = mostListed) {
      const items: Json[] = [];
      let cursor: string | undefined;
      do {
        const limit = String(Math.min(pageSize, most - items.length));
        const page = await call('curfew:read', 'GET', path, { ...query, limit, cursor });
        items.push(...(page.items as Json[]));
        cursor = page.next_cursor as string | undefined;
      } while (cursor !== undefined && items.length < most);
      return items;
    },
    ask: async (path, body) => await call('curfew:read', 'POST', path, {}, body),
    change: async (method, path, body) => await call('curfew:write', method, path, {}, body),
  };
}

/** RFC 9470 §3, RFC 6750 §3.1: what the API says that it takes; undefined: signing in again would not help. */
function readChallenge(error: unknown, scope: string): Wish | undefined {
  if (!(error instanceof WWWAuthenticateChallengeError)) return undefined;
  const { acr_values: acrValues, max_age: maxAge } = error.cause[0]?.parameters ?? {};
  return { scope, acrValues, maxAge };
}

class Refusal extends Error {
  readonly response: Response;

  constructor(response: Response) {
    super(`status ${response.status}`);
    this.response = response;
  }
}

/** What the problem document says (RFC 9457), in one line. */
async function describeRefusal(error: unknown): Promise<unknown> {
  if (error instanceof Refusal || error instanceof WWWAuthenticateChallengeError) {
    const { response } = error;
    const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
    const why = problem.detail ?? problem.title ?? `It answers with status ${response.status}.`;
    return new Problem('api_refused', why, { cause: error });
  }
  return error;
}
