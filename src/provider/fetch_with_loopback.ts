import { isLoopback } from '../domain/loopback.ts';

/**
 * How the library reads a client's `jwks_uri` where addresses of this machine are allowed: it guards every request
 * against private addresses, and here those to loopback go without that.
 */
export async function fetchWithLoopback(
  request: URL | Request | string,
  options: RequestInit = {},
): Promise<Response> {
  const url = new URL(request instanceof Request ? request.url : request);
  if (!isLoopback(url)) return await fetch(request, options);
  const { dispatcher: _, ...unguarded } = options as RequestInit & { dispatcher?: unknown };
  return await fetch(request, unguarded);
}
