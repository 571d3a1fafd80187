/**
 * Where the browser goes to bring what the API asks for in `WWW-Authenticate` (RFC 6750 §3, RFC 9470 §3); undefined:
 * it asks for nothing that signing in again could bring.
 */
export function readChallenge(header: string | null): string | undefined {
  if (!header || !/^Bearer /i.test(header)) return undefined;
  const parameters = new Map(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const error = parameters.get('error');
  if (error === 'invalid_token' || error === undefined) return '/login';
  if (error !== 'insufficient_scope' && error !== 'insufficient_user_authentication') return undefined;
  const asked = new URLSearchParams();
  for (const name of ['scope', 'acr_values', 'max_age']) {
    const value = parameters.get(name);
    if (value !== undefined) asked.set(name, value);
  }
  return `/login?${asked.toString()}`;
}
