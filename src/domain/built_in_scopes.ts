/** Operators are people: never for a client on its own. */
const scopesOfOperators = ['curfew:read', 'curfew:write'];
export const scopesOfPeopleAlone: ReadonlySet<string> = new Set(scopesOfOperators);

/** A client asks for these for itself: a stream belongs to a client, whoever signs in there. */
const scopesOfStreams = ['ssf.read', 'ssf.manage'];
export const scopesOfClientsAlone: ReadonlySet<string> = new Set(scopesOfStreams);

/** Scopes of the server's own resources: always there, whether or not a file says more about them. */
export const builtInScopes: ReadonlySet<string> = new Set([...scopesOfOperators, ...scopesOfStreams]);

/** The scopes of OpenID Connect itself; all others belong to resources. */
export const openidScopes: ReadonlySet<string> = new Set(['openid', 'offline_access', 'profile', 'email']);
