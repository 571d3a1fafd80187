import { clientKinds } from '../admin/client_kinds.ts';
import type { ClientKind, ClientWish } from '../admin/client_kinds.ts';

export interface ClientOptions {
  kind: string;
  name?: string;
  redirectUri?: string;
  scope?: string;
}

/** What `client add` was called for; it is refused where the kind has no use for an option, or none without it. */
export function readClientWish(
  clientId: string,
  { kind: name, redirectUri = '', scope, name: title = '' }: ClientOptions,
  refuse: (message: string) => never,
): { kind: ClientKind; wish: ClientWish } {
  const kind = clientKinds[name];
  if (!kind) throw new Error('The option takes only kinds that there are.');
  if (kind.redirects !== (redirectUri !== ''))
    refuse(
      kind.redirects
        ? `error: ${name} needs --redirect-uri: people come back there after signing in`
        : `error: nobody comes back to a ${name}: leave out --redirect-uri`,
    );
  return {
    kind,
    wish: { clientId, name: title, redirectUri, scope: scope ?? kind.usualScope, resource: '' },
  };
}
