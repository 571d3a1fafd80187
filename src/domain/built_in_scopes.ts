/** Scopes of the server's own resources: always there, whether or not a file says more about them. */
export const builtInScopes: ReadonlySet<string> = new Set([
  'curfew:read',
  'curfew:write',
  'ssf.read',
  'ssf.manage',
]);
