const interaction = [
  'sign-in',
  'passkey-login',
  'totp',
  'passkey',
  'enrol',
  'recovery',
  'continue',
  'consent',
  'cancel',
];

/** Every path that is answered, as a template. Anything else is `other`: no label comes from a request. */
export const routeTemplates: ReadonlySet<string> = new Set([
  ...(
    '/.well-known/openid-configuration /.well-known/oauth-authorization-server /.well-known/ssf-configuration ' +
    '/jwks /me /auth /auth/:uid /request /token /token/introspection /token/revocation ' +
    '/device /device/:uid /device/auth /session/end /session/end/confirm /session/end/success ' +
    '/session /session/touch /session/view /healthz /readyz /assets/:name /interaction/:uid ' +
    '/forgotten-password /forgotten-password/sent /set-password /set-password/done ' +
    '/account /account/:page /ssf/:part /admin /console other'
  ).split(' '),
  ...interaction.map((action) => `/interaction/:uid/${action}`),
]);

/** Areas whose parts are counted together. */
const areas = ['account', 'ssf', 'admin', 'console'];

/** The template of a path; takes no longer for a long path. */
export function routeTemplate(path: string): string {
  if (path.length > 200) return 'other';
  if (!path.includes(':') && routeTemplates.has(path)) return path;
  const [, area = '', part, action, ...rest] = path.split('/');
  if (areas.includes(area)) return part === undefined ? 'other' : areaTemplate(area);
  if (part === undefined || rest.length > 0) return 'other';
  if (area === 'interaction') {
    const template = action === undefined ? '/interaction/:uid' : `/interaction/:uid/${action}`;
    return routeTemplates.has(template) ? template : 'other';
  }
  if (action !== undefined) return 'other';
  if (area === 'auth' || area === 'device') return `/${area}/:uid`;
  return area === 'assets' ? '/assets/:name' : 'other';
}

function areaTemplate(area: string): string {
  if (area === 'account') return '/account/:page';
  return area === 'ssf' ? '/ssf/:part' : `/${area}`;
}
